/** What `verbatim extract --help` says below the options. */
export const EXTRACT_NOTES = `
A string that the schema marks "x-verbatim": true is copied from a document:

  { "type": "object", "properties": {
      "clause": { "type": "string", "x-verbatim": true },
      "party": { "type": ["string", "null"], "x-verbatim": true } } }

All properties are written; "null" beside "string" lets the model say that there
is none. What of a schema cannot be honoured is named before the model is loaded.`;
