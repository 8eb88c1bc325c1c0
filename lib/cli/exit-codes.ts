/** What `verify` checked does not hold. */
export const FAILED_EXIT_CODE = 1;
/** The answer cannot be written. */
export const OUTPUT_EXIT_CODE = 1;
/** What the user gave does not work. */
export const INPUT_EXIT_CODE = 2;
/** As shells report a program that Ctrl-C ended. */
export const INTERRUPTED_EXIT_CODE = 130;
