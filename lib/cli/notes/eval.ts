/** What `verbatim eval --help` says below the options. */
export const EVAL_NOTES = `
Each question is answered twice, freely and with quotes constrained to the
dictionary; the same seed asks the same questions. The columns:

right answers  the value asked for, on a line "Answer: …" as the prompt says;
               in a lookup exactly the value, after the quote
recall used    answers that quote something
exact quotes   quotes that stand in the dictionary
wrong entry    exact quotes that have nothing of the entry that was asked for
reward         what RecaLLM was trained for: R_ret of its section 4.3
tokens/s       generated tokens; reading the prompt is not counted

Rates have Wilson's 95 % interval, means a bootstrap one. Questions about one
dictionary count as independent; --questions 1 makes them so.

A lookup is for models that go on from plain lines "key: value", "Q: key" and
"A:", as the reference model does.`;
