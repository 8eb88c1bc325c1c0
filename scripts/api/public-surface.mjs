import { join } from "node:path";
import ts from "typescript";
import { repository } from "../support/repository.mjs";

/**
 * What each entry point exports, as `{ entry, exported, reached }`: lists of `{ name, text }` in order of name. `reached`
 * is what the exported declarations name and nobody exports, such as a base class: callers see that too.
 */
export function publicSurface(entries, root = repository) {
  const files = entries.map(({ declarations }) => join(root, declarations));
  const program = ts.createProgram(files, {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    // Names are all that is looked for, and those of the language and of Node are not ours.
    noLib: true,
    types: [],
  });
  const checker = program.getTypeChecker();
  const exportsOf = (file) =>
    checker
      .getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)))
      .map((symbol) => ({ name: symbol.name, symbol: resolved(checker, symbol) }));
  const perEntry = files.map(exportsOf);
  const owners = new Map();
  for (const [index, list] of perEntry.entries()) {
    for (const { symbol } of list) if (!owners.has(symbol)) owners.set(symbol, entries[index].specifier);
  }
  const printed = new Set();
  return entries.map((entry, index) => {
    const own = perEntry[index].filter(({ symbol }) => owners.get(symbol) === entry.specifier);
    const shared = perEntry[index].filter(({ symbol }) => owners.get(symbol) !== entry.specifier);
    const reached = reachedFrom(
      checker,
      own,
      (symbol) => owners.has(symbol) || printed.has(symbol) || !isOurs(symbol, root),
    );
    for (const { symbol } of reached) printed.add(symbol);
    return {
      entry,
      exported: sorted([
        ...own.map(({ name, symbol }) => ({ name, text: textOf(symbol) })),
        ...shared.map(({ name, symbol }) => ({ name, text: `// as ${owners.get(symbol)} has it: ${symbol.name}` })),
      ]),
      reached: sorted(reached.map(({ name, symbol }) => ({ name, text: textOf(symbol) }))),
    };
  });
}

function resolved(checker, symbol) {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** The declarations that `start` name, directly or through others, without those that are known and what those name. */
function reachedFrom(checker, start, isKnown) {
  const found = new Map();
  const visit = (node) => {
    // What is private is no part of the surface, nor is what only it names.
    if (ts.isClassElement(node) && isPrivate(node)) return;
    if (ts.isIdentifier(node)) {
      const named = checker.getSymbolAtLocation(node);
      if (named !== undefined) add(resolved(checker, named));
    }
    ts.forEachChild(node, visit);
  };
  const add = (symbol) => {
    if (found.has(symbol) || isKnown(symbol)) return;
    found.set(symbol, { name: symbol.name, symbol });
    for (const declaration of symbol.declarations) visit(declaration);
  };
  for (const { symbol } of start) for (const declaration of symbol.declarations ?? []) visit(declaration);
  return [...found.values()];
}

/** Whether a symbol is declared at the top of a file of this package. */
function isOurs(symbol, root) {
  const ours = join(root, "dist/lib/").replaceAll("\\", "/");
  return (symbol.declarations ?? []).some((declaration) => {
    const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
    return ts.isSourceFile(statement.parent) && statement.getSourceFile().fileName.startsWith(ours);
  });
}

function isPrivate(member) {
  if (member.name !== undefined && ts.isPrivateIdentifier(member.name)) return true;
  return (ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private) !== 0;
}

/** The declarations of a symbol without comments and private members. */
function textOf(symbol) {
  const printer = ts.createPrinter({ removeComments: true });
  const texts = symbol.declarations.map((declaration) => {
    const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
    const { transformed } = ts.transform(statement, [withoutPrivateMembers]);
    return printer.printNode(ts.EmitHint.Unspecified, transformed[0], statement.getSourceFile());
  });
  return texts.join("\n");
}

function withoutPrivateMembers() {
  return (root) => {
    if (!ts.isClassDeclaration(root)) return root;
    return ts.factory.updateClassDeclaration(
      root,
      root.modifiers,
      root.name,
      root.typeParameters,
      root.heritageClauses,
      root.members.filter((member) => !isPrivate(member)),
    );
  };
}

/** In order of code units, the same in every locale. */
function sorted(list) {
  return list.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
