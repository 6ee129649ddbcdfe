// Prints `N passed, N failed` from the test runner's JSON report, and exits with 1 unless every test has passed.
import { readFileSync } from 'node:fs';

const { passed, failed } = summarize(process.argv[2] ?? 'test-report.json');
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

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
