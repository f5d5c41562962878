// The law's arithmetic in the browser, compiled from the same trees as the server's evaluator (count/rules/wire.py).
// tests/count/test_entry_browser_law.py holds both against the same cases.

export type Tree =
  | ["cell", string]
  | ["number", number]
  | ["sum" | "product", ...Tree[]]
  | ["ceil" | "floor", Tree, number]
  | ["choices"]
  | ["party_total"]
  | ["party_lines"];

export interface Identity {
  code: string;
  kind: "exact" | "bound" | "warning";
  relation: "=" | "<=";
  perParty: boolean;
  left: Tree;
  right: Tree;
  title: string;
  sentence: string;
}

export interface Party {
  code: string;
  name: string;
  total: string;
  lines: string[];
}

export interface Law {
  lang: string;
  marks: { unreadable: string; blank: string };
  identities: Identity[];
  choices: string[];
  parties: Party[];
  splits: Record<string, string[]>;
  splitWords: string;
  numerals: Numerals | null;
}

export interface Numerals {
  zero: string;
  zero_also: string[];
  ones: string[];
  eleven: string;
  teen: string;
  powers: { value: number; one: string; word: string }[];
}

/** What does not hold: F (hard) is confirmed as written, W is explained. */
export interface Finding {
  code: string;
  hard: boolean;
  left: number;
  right: number;
  sentence: string;
  columns: string[];
}

export type Figures = ReadonlyMap<string, number>;

function total(values: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const value of values) {
    if (value === null) return null;
    sum += value;
  }
  return values.length > 0 ? sum : null;
}

function columnsIn(tree: Tree, law: Law, party: Party | undefined): string[] {
  switch (tree[0]) {
    case "cell":
      return [tree[1]];
    case "sum":
    case "product":
      return (tree.slice(1) as Tree[]).flatMap((term) => columnsIn(term, law, party));
    case "ceil":
    case "floor":
      return columnsIn(tree[1], law, party);
    case "choices":
      return law.choices;
    case "party_total":
      return party ? [party.total] : [];
    case "party_lines":
      return party ? party.lines : [];
    case "number":
      return [];
  }
}

/** The value of an expression; null as soon as one figure of it is not there. */
export function value(tree: Tree, law: Law, figures: Figures, party?: Party): number | null {
  const at = (column: string): number | null => figures.get(column) ?? null;
  switch (tree[0]) {
    case "cell":
      return at(tree[1]);
    case "number":
      return tree[1];
    case "sum":
      return total((tree.slice(1) as Tree[]).map((term) => value(term, law, figures, party)));
    case "product": {
      let product = 1;
      for (const term of tree.slice(1) as Tree[]) {
        const factor = value(term, law, figures, party);
        if (factor === null) return null;
        product *= factor;
      }
      return product;
    }
    case "ceil":
    case "floor": {
      const inner = value(tree[1], law, figures, party);
      if (inner === null) return null;
      const scaled = inner * tree[2];
      return tree[0] === "ceil" ? Math.ceil(scaled / 100) : Math.floor(scaled / 100);
    }
    case "choices":
      return total(law.choices.map(at));
    case "party_total":
      return party ? at(party.total) : null;
    case "party_lines":
      return party ? total(party.lines.map(at)) : null;
  }
}

export function spell(figure: number, lang: string): string {
  const text = String(Math.abs(figure)).replace(/\B(?=(\d{3})+$)/g, lang === "en" ? "," : ".");
  return figure < 0 ? `-${text}` : text;
}

function terms(tree: Tree, law: Law, figures: Figures, party?: Party): string {
  const row = (columns: readonly string[]): string =>
    columns.map((column) => (figures.has(column) ? spell(figures.get(column) ?? 0, law.lang) : "–")).join(" + ");
  switch (tree[0]) {
    case "sum":
      return (tree.slice(1) as Tree[]).map((term) => terms(term, law, figures, party)).join(" + ").replaceAll("+ -", "- ");
    case "product": {
      const inner = tree.slice(1) as Tree[];
      const [first, second] = inner;
      if (inner.length === 2 && first && second && first[0] === "number" && first[1] === -1) {
        return `-${terms(second, law, figures, party)}`;
      }
      return inner.map((term) => terms(term, law, figures, party)).join(" × ");
    }
    case "choices":
      return row(law.choices);
    case "party_lines":
      return row(party ? party.lines : []);
    default: {
      const found = value(tree, law, figures, party);
      return found === null ? "–" : spell(found, law.lang);
    }
  }
}

/** One side's figure; where it is a joint one that contradicts its own parts, that is said beside it. */
function alone(tree: Tree, figure: number, other: Tree, law: Law, figures: Figures, party?: Party): string {
  const said = spell(figure, law.lang);
  const split = tree[0] === "cell" ? (law.splits[tree[1]] ?? []) : [];
  const sum = total(split.map((column) => figures.get(column) ?? null));
  if (sum === null || sum === figure) return said;
  const beside = new Set(columnsIn(other, law, party));
  return split.every((column) => beside.has(column)) ? said : `${said} (${law.splitWords} = ${spell(sum, law.lang)})`;
}

function judged(law: Law, identity: Identity, figures: Figures, party?: Party): Finding | null {
  const left = value(identity.left, law, figures, party);
  const right = value(identity.right, law, figures, party);
  if (left === null || right === null) return null;
  if (identity.relation === "=" ? left === right : left <= right) return null;
  const words: Record<string, string> = {
    left: alone(identity.left, left, identity.right, law, figures, party),
    right: alone(identity.right, right, identity.left, law, figures, party),
    difference: spell(Math.abs(left - right), law.lang),
    left_words: terms(identity.left, law, figures, party),
    right_words: terms(identity.right, law, figures, party),
    party: party?.name ?? "",
  };
  const sentence = identity.sentence.replace(/\{(\w+)\}/g, (whole, name: string) => words[name] ?? whole);
  const code = identity.perParty ? `${identity.code}.${party?.code ?? ""}` : identity.code;
  const columns = [...columnsIn(identity.left, law, party), ...columnsIn(identity.right, law, party)];
  return { code, hard: identity.kind !== "warning", left, right, sentence, columns };
}

/** Every identity that does not hold on the figures that are there, in the law's order. */
export function findings(law: Law, figures: Figures): Finding[] {
  const found: Finding[] = [];
  for (const identity of law.identities) {
    for (const party of identity.perParty ? law.parties : [undefined]) {
      const one = judged(law, identity, figures, party);
      if (one) found.push(one);
    }
  }
  return found;
}

/** A whole number in words. */
export function say(numerals: Numerals, figure: number): string {
  if (figure === 0) return numerals.zero;
  if (figure < 10) return numerals.ones[figure - 1] ?? "";
  if (figure === 11) return numerals.eleven;
  if (figure > 11 && figure < 20) return `${numerals.ones[figure - 11] ?? ""} ${numerals.teen}`;
  const power = numerals.powers.find((each) => each.value <= figure);
  if (!power) return "";
  const many = Math.floor(figure / power.value);
  const rest = figure % power.value;
  const said = many === 1 ? power.one : `${say(numerals, many)} ${power.word}`;
  return rest ? `${said} ${say(numerals, rest)}` : said;
}

const letters = (words: string): string => words.toLowerCase().replace(/[^a-z]/g, "");
const known = new WeakMap<Numerals, Map<string, number>>();

/** The number that words say, whatever their spaces, hyphens and capitals; null where they say none. */
export function read(numerals: Numerals, words: string): number | null {
  let table = known.get(numerals);
  if (!table) {
    table = new Map();
    for (let figure = 0; figure < 10_000; figure++) table.set(letters(say(numerals, figure)), figure);
    for (const word of numerals.zero_also) table.set(letters(word), 0);
    known.set(numerals, table);
  }
  return table.get(letters(words)) ?? null;
}
