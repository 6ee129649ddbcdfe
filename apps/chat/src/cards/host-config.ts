import { HostConfig } from 'adaptivecards';

const text = (name: string, subtle = '--muted') => ({ default: `var(${name})`, subtle: `var(${subtle})` });

const foregroundColors = {
  default: text('--text'),
  dark: text('--text'),
  light: text('--text'),
  accent: text('--accent-text', '--accent-text'),
  good: text('--accent-text', '--accent-text'),
  warning: text('--warning-text', '--warning-text'),
  attention: text('--danger-text', '--danger-text'),
};

const container = (background: string, border = 'var(--border)') => ({
  backgroundColor: background,
  borderColor: border,
  foregroundColors,
});

/** Styles cards with the page's CSS custom properties, so that they follow its theme. */
export const hostConfig = new HostConfig({
  fontFamily: 'inherit',
  fontSizes: { small: 13, default: 15, medium: 17, large: 20, extraLarge: 24 },
  fontWeights: { lighter: 400, default: 400, bolder: 650 },
  lineHeights: { small: 19, default: 22, medium: 24, large: 28, extraLarge: 32 },
  spacing: { small: 4, default: 10, medium: 16, large: 24, extraLarge: 32, padding: 16 },
  separator: { lineThickness: 1, lineColor: 'var(--border)' },
  imageSizes: { small: 40, medium: 80, large: 160 },
  supportsInteractivity: true,
  containerStyles: {
    default: container('transparent'),
    emphasis: container('var(--sunken)'),
    accent: container('var(--accent-soft)'),
    good: container('var(--accent-soft)'),
    warning: container('var(--warning-soft)'),
    attention: container('var(--danger-soft)'),
  },
  inputs: {
    label: {
      inputSpacing: 'small',
      requiredInputs: { weight: 'bolder', size: 'small', suffix: ' (required)', suffixColor: 'default' },
      optionalInputs: { weight: 'bolder', size: 'small' },
    },
    errorMessage: { color: 'attention', size: 'small', weight: 'default' },
  },
  textStyles: { heading: { size: 'large', weight: 'bolder', color: 'default' } },
  textBlock: { headingLevel: 3 },
  factSet: {
    title: {
      color: 'default',
      size: 'default',
      isSubtle: true,
      weight: 'default',
      wrap: true,
      maxWidth: 160,
    },
    value: { color: 'default', size: 'default', weight: 'default', wrap: true },
    spacing: 16,
  },
  actions: {
    maxActions: 6,
    spacing: 'medium',
    buttonSpacing: 8,
    actionsOrientation: 'horizontal',
    actionAlignment: 'left',
    allowTitleToWrap: true,
    iconSize: 20,
    showCard: { actionMode: 'inline', inlineTopMargin: 12, style: 'emphasis' },
  },
  media: { allowInlinePlayback: true },
});
