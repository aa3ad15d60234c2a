/** Finds, in the client's sources, the texts that players read: those that are translated, and those that were forgotten. */

const LITERAL = /(?<![\w.$])(t|tn|tx|mark)\(\s*("(?:[^"\\\n]|\\.)*")/g;
/** Two texts in one call would hide from the search for literals. */
const CHOSEN = /(?<![\w.$])(?:t|tn|tx|mark)\(\s*[^"\s()][^"()]*\?\s*"/g;

export interface Texts {
  /** English, as written: `t`, `tx` and `mark` say it, `tn` counts. */
  readonly said: readonly { readonly english: string; readonly isCounted: boolean }[];
  readonly wrong: readonly string[];
}

export function textsOf(file: string): Texts {
  const source = file.replace(/^\s*\/\*[\s\S]*?\*\//gm, "");
  return {
    said: [...source.matchAll(LITERAL)].map(([, how, literal]) => ({ english: JSON.parse(literal as string) as string, isCounted: how === "tn" })),
    wrong: [...source.matchAll(CHOSEN)].map(([found]) => `choose between two calls, not within one: ${found}`),
  };
}

/** Attributes that are read out or shown. */
const SPOKEN = ["aria-label", "aria-roledescription", "aria-valuetext", "title", "alt", "placeholder", "label"];
const WORD = /\p{L}{2,}/u;
const TOKEN = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[$\w][$\w-]*|===|!==|==|!=|=>|&&|\|\||\?\?|\?\.|\s+|[\s\S]/gy;
const REGEX = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/\w*/y;

interface Frame {
  readonly open: string;
  /** What is called, or "" for other brackets; "props" for the object that is an element's second argument. */
  readonly what: string;
  argument: number;
  key: string;
}

/** Texts that JSX shows as they are. `code`: compiled with `h` as the factory. A bracketed literal in an expression is seen, too. */
export function bareTexts(code: string): readonly string[] {
  const bare: string[] = [];
  const frames: Frame[] = [{ open: "", what: "", argument: 0, key: "" }];
  const top = (): Frame => frames.at(-1) as Frame;
  let before = "";
  const isShown = (): boolean => {
    let at = frames.length - 1;
    while (at > 0 && frames[at]?.open === "(" && frames[at]?.what === "group") at--;
    const frame = frames[at] as Frame;
    if (frame.what === "props") return SPOKEN.includes(frame.key) && before !== "{" && before !== ",";
    return (frame.what === "h" && frame.argument >= 2) || (frame.what === "toast" && frame.argument === 0);
  };
  const see = (text: string, next: string): void => {
    if (WORD.test(text) && isShown() && !/^[!=]==?$/.test(before) && !/^\s*([!=]==?|in )/.test(next)) bare.push(text);
  };
  for (let at = 0; at < code.length; ) {
    TOKEN.lastIndex = REGEX.lastIndex = at;
    // A slash begins a regular expression where a value may stand.
    if (code[at] === "/" && !/[/*]/.test(code[at + 1] ?? "") && (before === "return" || /^$|[(,=:[!&|?{};>]$/.test(before))) {
      at += REGEX.exec(code)?.[0].length ?? 1;
      before = "regex";
      continue;
    }
    const token = (TOKEN.exec(code) as RegExpExecArray)[0];
    at += token.length;
    if (/^(\s|\/\*|\/\/)/.test(token)) continue;
    const frame = top();
    if (frame.what === "props" && (before === "{" || before === ",")) frame.key = token.replaceAll(/["']/g, "");
    if (token[0] === '"' || token[0] === "'") see(token.slice(1, -1), code.slice(at, at + 9));
    else if (token === "`" || (token === "}" && frame.open === "${")) {
      if (token === "}") frames.pop();
      let text = "";
      while (code[at] !== "`" && !(code[at] === "$" && code[at + 1] === "{")) text += code[at] === "\\" ? code.slice(at++, ++at) : code[at++];
      see(text, "");
      if (code[at] === "`") at += 1;
      else {
        at += 2;
        frames.push({ open: "${", what: "", argument: 0, key: "" });
      }
    } else if (token === "(") frames.push({ open: "(", what: /^[$\w]/.test(before) && before !== "return" ? before : "group", argument: 0, key: "" });
    else if (token === "{") frames.push({ open: "{", what: frame.what === "h" && frame.argument === 1 ? "props" : "", argument: 0, key: "" });
    else if (token === "[") frames.push({ open: "[", what: "", argument: 0, key: "" });
    else if (token === ")" || token === "}" || token === "]") frames.pop();
    else if (token === ",") frame.argument += 1;
    before = token;
  }
  return bare;
}
