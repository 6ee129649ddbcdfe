// Prints `N passed, N failed` from the JSON reports of the test runner's runs, and exits with 1 unless every test has
// passed.
import { readFileSync } from 'node:fs';

const reports = process.argv.slice(2).map(summarize);
const passed = reports.reduce((sum, report) => sum + report.passed, 0);
const failed = reports.reduce((sum, report) => sum + report.failed, 0);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && reports.length > 0 && reports.every((report) => report.passed > 0) ? 0 : 1;

function summarize(path) {
  let report;
  try {
    report = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    console.error(`The test run left no report at ${path}: ${error.message}`);
    return { passed: 0, failed: 1 };
  }
  // A file that could not be imported counts as a failure, although none of its tests failed.
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  const failed = report.numFailedTests + brokenFiles.length;
  return { passed: report.numPassedTests, failed: report.success ? failed : Math.max(failed, 1) };
}
