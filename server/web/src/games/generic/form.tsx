/** Actions as forms made from what the server declares of them. */

import { useState } from "preact/hooks";
import { t } from "../../core/say";
import type { Json } from "../../protocol.gen";
import type { Declared, Field } from "./schema";
import { words } from "./schema";

type Values = { readonly [name: string]: string };

interface Props {
  readonly action: Declared;
  /** Those that a click on the board has not said. */
  readonly fields: readonly Field[];
  /** What to call it instead of the action's name. */
  readonly title?: string;
  readonly isOff: boolean;
  readonly send: (args: { readonly [name: string]: Json }) => void;
}

const title = (name: string): string => words(name).replace(/^./, (letter) => letter.toUpperCase());

export function ActionForm({ action, fields, title: called, isOff, send }: Props) {
  const [values, setValues] = useState<Values>({});
  const [oops, setOops] = useState<string | null>(null);
  const submit = (event: Event): void => {
    event.preventDefault();
    const args: Record<string, Json> = {};
    for (const field of fields) {
      const read = readField(field, values[field.name] ?? usualOf(field));
      if (read instanceof Error) return setOops(read.message);
      if (read !== undefined) args[field.name] = read;
    }
    setOops(null);
    send(args);
  };
  return (
    <form class="g-form" data-testid={`action-${action.name}`} onSubmit={submit}>
      {fields.map((field) => (
        <Input
          key={field.name}
          of={field}
          group={action.name}
          value={values[field.name] ?? usualOf(field)}
          set={(value) => setValues({ ...values, [field.name]: value })}
        />
      ))}
      <button type="submit" class={`btn${fields.length > 0 ? " main" : ""}`} disabled={isOff}>
        {called ?? title(action.name)}
      </button>
      {oops !== null && (
        <p class="oops" role="alert">
          {oops}
        </p>
      )}
    </form>
  );
}

const BUTTONS_MOST = 8;

/** The values to choose from where they are few; null where they are to be typed. */
function choicesOf({ kind }: Field): readonly (string | number)[] | null {
  if (kind.is === "choice") return kind.values;
  if (kind.is !== "number" || kind.least === null || kind.most === null) return null;
  const { least, most } = kind;
  return most - least < BUTTONS_MOST ? Array.from({ length: most - least + 1 }, (_, index) => least + index) : null;
}

interface InputProps {
  readonly of: Field;
  readonly group: string;
  readonly value: string;
  readonly set: (value: string) => void;
}

function Input({ of: field, group, value, set }: InputProps) {
  const id = `${group}-${field.name}`;
  const choices = choicesOf(field);
  if (choices && choices.length <= BUTTONS_MOST) {
    return (
      <fieldset class="choice num">
        <legend>{title(field.name)}</legend>
        {choices.map((choice) => (
          <label key={choice}>
            <input type="radio" name={id} value={choice} checked={String(choice) === value} onChange={() => set(String(choice))} />
            <span>{words(String(choice))}</span>
          </label>
        ))}
      </fieldset>
    );
  }
  if (field.kind.is === "yes-no") {
    return (
      <label class="check">
        <input type="checkbox" checked={value === "true"} onChange={(event) => set(String(event.currentTarget.checked))} />
        {title(field.name)}
      </label>
    );
  }
  return (
    <div class="field">
      <label for={id}>
        {title(field.name)}
        {field.kind.is === "place" && ` ${t("(row, column)")}`}
        {field.kind.is === "other" && ` ${t("(as JSON)")}`}
      </label>
      {choices ? (
        <select id={id} class="input" value={value} onChange={(event) => set(event.currentTarget.value)}>
          {choices.map((choice) => (
            <option value={choice}>{words(String(choice))}</option>
          ))}
        </select>
      ) : (
        <input
          id={id}
          class="input num"
          inputMode={field.kind.is === "number" ? "numeric" : "text"}
          autocomplete="off"
          value={value}
          onInput={(event) => set(event.currentTarget.value)}
        />
      )}
    </div>
  );
}

/** What stands in a field before anybody touches it. */
function usualOf(field: Field): string {
  const { usual, kind, isNeeded } = field;
  if (usual !== undefined && usual !== null) return typeof usual === "string" ? usual : JSON.stringify(usual);
  if (kind.is === "yes-no") return "false";
  const first = isNeeded ? choicesOf(field)?.[0] : undefined;
  return first === undefined ? "" : String(first);
}

/** The value to send; undefined to leave it out; an error says what to change. */
export function readField(field: Field, typed: string): Json | undefined | Error {
  const text = typed.trim();
  const { kind } = field;
  const name = title(field.name);
  if (text === "" && kind.is !== "text") return field.isNeeded ? new Error(t("{name} is missing.", { name })) : undefined;
  switch (kind.is) {
    case "number": {
      const value = Number(text);
      if (!Number.isInteger(value)) return new Error(t("{name} is a whole number.", { name }));
      if (kind.least !== null && value < kind.least) return new Error(t("{name} is at least {n}.", { name, n: kind.least }));
      if (kind.most !== null && value > kind.most) return new Error(t("{name} is at most {n}.", { name, n: kind.most }));
      return value;
    }
    case "choice":
      return kind.values.find((value) => String(value) === text) ?? new Error(t("{name}: choose one.", { name }));
    case "yes-no":
      return text === "true";
    case "text":
      if (text === "" && !field.isNeeded) return undefined;
      return kind.longest !== null && text.length > kind.longest ? new Error(t("{name} has at most {n} letters.", { name, n: kind.longest })) : text;
    case "place": {
      const parts = text.split(/[\s,;]+/).map(Number);
      return parts.length === 2 && parts.every(Number.isInteger) ? (parts as readonly number[]) : new Error(t("{name}: row and column, like 2, 3.", { name }));
    }
    case "other":
      try {
        return JSON.parse(text) as Json;
      } catch {
        return new Error(t("{name} is not JSON.", { name }));
      }
  }
}
