/** An SVG, whose colours are variables. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly markup: string;
}

const NAMESPACE = "http://www.w3.org/2000/svg";

/** An SVG of a text's worth of elements; it says nothing to screen readers, who are given words beside it. */
export function drawing(width: number, height: number, elements: string): Drawing {
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return { width, height, markup: `<svg xmlns="${NAMESPACE}" ${size} aria-hidden="true">${elements}</svg>` };
}

/** Some drawings, one under the other. */
export function stack(drawings: readonly Drawing[]): Drawing {
  let height = 0;
  const placed = drawings.map((one) => {
    const markup = one.markup.replace("<svg ", `<svg y="${height}" `);
    height += one.height;
    return markup;
  });
  return drawing(Math.max(...drawings.map(({ width }) => width)), height, placed.join("\n"));
}

/** Some drawings, one after the other, with gaps of this width. */
export function beside(drawings: readonly Drawing[], gap: number): Drawing {
  let width = -gap;
  const placed = drawings.map((one) => {
    const markup = one.markup.replace("<svg ", `<svg x="${width + gap}" `);
    width += gap + one.width;
    return markup;
  });
  return drawing(width, Math.max(...drawings.map(({ height }) => height)), placed.join("\n"));
}
