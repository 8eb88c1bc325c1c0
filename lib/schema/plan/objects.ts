import { isNever, type Unread } from "../alternatives.js";
import { below } from "../json-pointer.js";
import { type Place, readNames, readRange, readSchemas } from "../keywords.js";
import { DEFAULT_MOST, type NodeOf } from "./arrays.js";
import { readPattern } from "./strings.js";
import type { Member, ObjectPlan, OtherMembers } from "./plan.js";
import { isAmong } from "../regular/characters.js";
import { Dfa } from "../regular/dfa.js";
import { compilePattern } from "../regular/pattern.js";
import { SchemaError } from "../schema-error.js";

/** What a place says about the members of an object. */
interface Members {
  readonly place: Place;
  readonly named: ReadonlyMap<string, Unread>;
  readonly patterns: readonly { readonly keys: Dfa; readonly value: Unread }[];
  /** Those that have none of these names; `undefined`: nothing is said. */
  readonly others: Unread | undefined;
  readonly required: readonly string[];
}

/** The keys that schemas for names allow; `null`: all of them. */
export type KeysOf = (schemas: readonly Unread[]) => Dfa | null;

/** So many patterns for keys can be told apart. */
const MAX_PATTERNS = 6;

/** @throws SchemaError */
export function planObject(places: readonly Place[], nodeOf: NodeOf, keysOf: KeysOf): ObjectPlan {
  const read = places.map(readMembers);
  const names = keysOf(
    places.flatMap(({ schema, pointer: where }) =>
      schema.propertyNames === undefined
        ? []
        : [{ value: schema.propertyNames, pointer: below(where, "propertyNames") }],
    ),
  );
  const { members, isRefused } = namedMembers(read, names, nodeOf);
  const others = otherMembers(read, names, [...members.map(({ key }) => key), ...isRefused], nodeOf);
  const { min, max } = readRange(places, "minProperties", "maxProperties");
  const least = min?.value ?? 0;
  const most = max?.value ?? Math.max(least, members.length + (others.length > 0 ? DEFAULT_MOST : 0));
  const needed = members.length;
  if (most < needed) throw new SchemaError(max!.pointer, `all of the ${needed} properties are written`);
  if (least > needed && others.length === 0) {
    throw new SchemaError(min!.pointer, `no more than the ${needed} properties are described`);
  }
  expectDependents(places, new Set(members.map(({ key }) => key)));
  return {
    type: "object",
    members,
    others,
    min: least,
    max: most,
    required: new Set(read.flatMap(({ required }) => required)),
    isClosed: read.some((one) => one.others?.value === false && one.patterns.length === 0),
  };
}

function readMembers(place: Place): Members {
  const { schema, pointer } = place;
  const named = new Map(
    readSchemas(place, "properties").map(([key, value, where]) => [key, { value, pointer: where }]),
  );
  const patterns = readSchemas(place, "patternProperties").map(([pattern, value, where]) => ({
    keys: readPattern(pattern, where),
    value: { value, pointer: where },
  }));
  const { additionalProperties } = schema;
  const others =
    additionalProperties === undefined
      ? undefined
      : { value: additionalProperties, pointer: below(pointer, "additionalProperties") };
  return { place, named, patterns, others, required: readNames(place, "required") };
}

/** The members whose names are given, in their order, and the names of those that there cannot be. */
function namedMembers(read: readonly Members[], names: Dfa | null, nodeOf: NodeOf) {
  const keys = new Set(read.flatMap(({ named, required }) => [...named.keys(), ...required]));
  const required = new Set(read.flatMap((one) => one.required));
  const members: Member[] = [];
  const isRefused: string[] = [];
  for (const key of keys) {
    const schemas = read.flatMap((one) => schemasOf(key, one));
    const isNamed = names === null || isAmong(key, names);
    const isPossible = isNamed && schemas.every(({ value }) => !isNever(value));
    if (required.has(key)) expectDescribed(key, read, isPossible ? schemas.length : 0);
    if (isPossible) {
      const node = nodeOf(schemas, schemas[0].pointer);
      members.push({ key, value: node, isOptional: false, isRequired: required.has(key) });
    } else isRefused.push(key);
  }
  return { members, isRefused };
}

/** The schemas of a place for a member. */
function schemasOf(key: string, { named, patterns, others }: Members): Unread[] {
  const own = named.get(key);
  const matching = patterns.filter(({ keys }) => isAmong(key, keys)).map(({ value }) => value);
  const described = own === undefined ? matching : [own, ...matching];
  return described.length > 0 || others === undefined ? described : [others];
}

/** @throws SchemaError at the place that requires it */
function expectDescribed(key: string, read: readonly Members[], schemas: number): void {
  if (schemas > 0) return;
  const { place, required } = read.find((one) => one.required.includes(key))!;
  const where = below(below(place.pointer, "required"), required.indexOf(key));
  throw new SchemaError(where, 'expected the name of one of "properties", whose value can be written');
}

/**
 * The members whose names are not given. Keys are parted by the patterns that they match, because each pattern that does
 * has its say about the value.
 */
function otherMembers(
  read: readonly Members[],
  names: Dfa | null,
  named: readonly string[],
  nodeOf: NodeOf,
): OtherMembers[] {
  const patterns = read.flatMap((one) => one.patterns.map((pattern) => ({ ...pattern, of: one })));
  if (patterns.length > MAX_PATTERNS) {
    const pointer = below(patterns[0].of.place.pointer, "patternProperties");
    throw new SchemaError(pointer, `more than ${MAX_PATTERNS} patterns cannot be honoured`);
  }
  if (patterns.length === 0 && read.every((one) => one.others === undefined || isNever(one.others.value))) return [];
  const rest = (names ?? ALL_KEYS).without(Dfa.ofStrings(named));
  const others: OtherMembers[] = [];
  for (let matched = 0; matched < 1 << patterns.length; matched++) {
    const isMatched = (i: number) => ((matched >> i) & 1) === 1;
    const keys = patterns.reduce(
      (left, one, i) => (isMatched(i) ? left.intersect(one.keys) : left.without(one.keys)),
      rest,
    );
    const schemas = [
      ...patterns.filter((_, i) => isMatched(i)).map(({ value }) => value),
      ...read.flatMap((one) => (patterns.some(({ of }, i) => of === one && isMatched(i)) ? [] : (one.others ?? []))),
    ];
    if (keys.isEmpty || schemas.length === 0 || schemas.some(({ value }) => isNever(value))) continue;
    others.push({ keys, value: nodeOf(schemas, schemas[0].pointer) });
  }
  return others;
}

const ALL_KEYS = compilePattern("^[\\s\\S]*$");

/** Members that need others are written with them, where these are described. */
function expectDependents(places: readonly Place[], keys: ReadonlySet<string>): void {
  for (const place of places) {
    if (place.schema.dependentRequired === undefined) continue;
    for (const [key, needed, pointer] of readSchemasOfNames(place)) {
      if (!keys.has(key)) continue;
      needed.forEach((name, i) => {
        if (!keys.has(name)) throw new SchemaError(below(pointer, i), 'expected the name of one of "properties"');
      });
    }
  }
}

function readSchemasOfNames(place: Place): [key: string, names: string[], pointer: string][] {
  const pointer = below(place.pointer, "dependentRequired");
  const value = place.schema.dependentRequired;
  if (typeof value !== "object" || value === null) throw new SchemaError(pointer, "expected an object");
  const inner: Place = { schema: value as Place["schema"], pointer };
  return Object.keys(value).map((key) => [key, readNames(inner, key), below(pointer, key)]);
}
