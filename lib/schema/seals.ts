import type { Seal, Unread } from "./alternatives.js";
import { below } from "./json-pointer.js";
import type { Place, UNEVALUATED } from "./keywords.js";
import { SchemaError } from "./schema-error.js";

/**
 * What is left unevaluated is not written, so that nothing has to be known about it. But what a schema beside the one that
 * closes off describes is unevaluated to that.
 * @param describes keywords that describe items, or members
 * @throws SchemaError where such a schema describes some
 */
export function expectSeen(
  seals: readonly Seal[],
  places: readonly Place[],
  keyword: (typeof UNEVALUATED)[number],
  describes: readonly string[],
): void {
  for (const { place, sees } of seals) {
    if (place.schema[keyword] === undefined || place.schema[keyword] === true) continue;
    const isUnseen = ({ schema, pointer }: Place) =>
      !sees.has(pointer) && describes.some((one) => schema[one] !== undefined);
    if (!places.some(isUnseen)) continue;
    throw new SchemaError(
      below(place.pointer, keyword),
      "what schemas beside it describe cannot be told from the rest",
    );
  }
}

/** What the schemas say about items that nothing else describes. */
export function unevaluatedItems(seals: readonly Seal[]): Unread[] {
  return seals.flatMap(({ place }) =>
    place.schema.unevaluatedItems === undefined
      ? []
      : [{ value: place.schema.unevaluatedItems, pointer: below(place.pointer, "unevaluatedItems") }],
  );
}
