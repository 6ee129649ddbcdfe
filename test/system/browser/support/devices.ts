/** The devices on which the tests show the page. */
export const devices = {
  desktop: { viewport: { width: 1280, height: 820 }, hasTouch: false },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true },
} as const;

export type Device = keyof typeof devices;

export const themes = ['light', 'dark'] as const;
export type Theme = (typeof themes)[number];
