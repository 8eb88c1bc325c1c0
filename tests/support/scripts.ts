import type { Random } from "./random.js";

/** Sentences of several scripts, none with a line break, and few with a space before a Latin letter or a digit. */
export const sentencesOf = {
  English: ["The harbour is old. ", "Mr. Hale said: “It's 3.5 m deep!” ", "Is it, e.g. in winter, closed? "],
  Korean: ["항구는 오래되었다. ", "그는 “깊이가 3.5미터입니다”라고 말했다! ", "겨울에도 배가 들어옵니까? "],
  Chinese: ["这个港口很老。", "他说：“水深3.5米，冬天也不结冰！”", "船什么时候离开码头？"],
  Japanese: ["その港はとても古い。", "「水深は３．５メートルです」と彼は言った！", "コンピューターは動いていますか？"],
  Thai: ["ท่าเรือนี้เก่าแก่มาก ", "เขาบอกว่าน้ำลึก๓.๕เมตร ", "เรือจะออกเมื่อไร? "],
  Hindi: ["यह बंदरगाह बहुत पुराना है। ", "उसने कहा, ‘पानी ३.५ मीटर गहरा है!’ ", "क्या जहाज़ सर्दियों में आते हैं? "],
  Arabic: ["الميناء قديم جدًا. ", "قال: «العمق ٣٫٥ متر!» ", "هل تصل السفن في الشتاء؟ "],
  Hebrew: ['הנמל ישן מאוד. מפקד צה"ל אמר: ', "העומק הוא 3.5 מטר! ", "האם האוניות מגיעות בחורף? "],
  Russian: ["Гавань очень старая. ", "Он сказал: «Глубина — 3,5 м!» ", "Приходят ли корабли зимой, т.е. в январе? "],
} as const;

export type Script = keyof typeof sentencesOf;

/** At least `length` UTF-16 units of a script's sentences, in any order, in one paragraph. */
export function paragraphOf(script: Script, length: number, random: Random): string {
  let text = "";
  while (text.length < length) text += random.pick(sentencesOf[script]);
  return text;
}

/** What no sentence of a language is, `length` times: each is a case of its own for those who look for edges. */
export const unusualTexts = {
  "full stops": (length: number) => ".".repeat(length),
  "ideographic full stops": (length: number) => "。".repeat(length),
  "one word": (length: number) => "word".repeat(length / 4),
  "letters and full stops": (length: number) => "a.".repeat(length / 2),
  "one word and full stops": (length: number) => "w".repeat(length / 2) + ".".repeat(length / 2),
  spaces: (length: number) => " ".repeat(length),
  "line breaks": (length: number) => "\r\n".repeat(length / 2),
  flags: (length: number) => "🇩🇪".repeat(length / 4),
  "joined emoji": (length: number) => "👩‍👩‍👧".repeat(length / 8),
  "one joined emoji": (length: number) => "👩‍".repeat(length / 3),
  "combining marks": (length: number) => "e" + "\u0301".repeat(length - 1),
  "letters with marks": (length: number) => "e\u0301 ".repeat(length / 3),
  "numbers that end sentences, perhaps": (length: number) => "3. ".repeat(length / 3),
} as const;

/** Letters that a dictionary divides, without anything between them. */
export const undividedTexts = {
  "one ideograph": (length: number) => "一".repeat(length),
  "common ideographs": (length: number, random: Random) =>
    letters("的一是不了在人有我他这个们中来上大为和国地到以说时要就", length, random),
  kana: (length: number, random: Random) =>
    letters("あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほ", length, random),
  katakana: (length: number, random: Random) => letters("アイウエオカキクケコーサシスセソ", length, random),
  "Thai words": (length: number, random: Random) =>
    letters(["ท่าเรือ", "เก่า", "มาก", "น้ำ", "ลึก", "เรือ", "ออก"], length, random),
  "Thai letters": (length: number, random: Random) => letters("กขคงจฉชซญฎฏฐ", length, random),
} as const;

function letters(alphabet: ArrayLike<string>, length: number, random: Random): string {
  return Array.from({ length }, () => random.pick(alphabet)).join("");
}
