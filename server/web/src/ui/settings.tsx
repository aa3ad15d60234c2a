/** What a player may set, kept in this browser: name, language, colours, motion, sound, notices. */

import { useSignal } from "@preact/signals";
import { render } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { used } from "../core/features";
import { LANGUAGES, type Language } from "../core/languages";
import { language, mark, t } from "../core/say";
import { adoptStyles, identity, theme, type Theme, toast, wordsFor } from "./app";
import { Avatar } from "./avatar";
import { chooseLanguage } from "./language";
import { motion, setMotion } from "./motion";
import { NameField } from "./name";
import { canNotify, isNotifying, toggleNotices } from "./notices";
import { isSounding, toggleSound } from "./sound";
import css from "./styles/settings.css";

adoptStyles(css);

const THEMES: readonly (readonly [Theme, string])[] = [
  ["auto", mark("As the device")],
  ["light", mark("Light")],
  ["dark", mark("Dark")],
];
const MOTIONS = [
  ["auto", mark("As the device")],
  ["less", mark("Less")],
] as const;

let isOpen = false;

export function open(): void {
  if (isOpen) return;
  isOpen = true;
  const holder = document.body.appendChild(document.createElement("div"));
  render(
    <Settings
      remove={() => {
        isOpen = false;
        render(null, holder);
        holder.remove();
      }}
    />,
    holder,
  );
}

function Settings({ remove }: { readonly remove: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const isBusy = useSignal(false);
  useLayoutEffect(() => dialog.current?.showModal(), []);
  const close = (): void => dialog.current?.close();
  const me = identity.me.value;
  const isRenamed = me !== null && identity.name.value.trim() !== me.name && identity.name.value.trim() !== "";
  const rename = async (): Promise<void> => {
    isBusy.value = true;
    await identity.ensure().then(
      () => toast(t("Name saved.")),
      (error: unknown) => toast(wordsFor(error)),
    );
    isBusy.value = false;
  };
  // The box shows what is so, not what was clicked: the browser may say no.
  const allow = (event: { readonly currentTarget: HTMLInputElement }): void => {
    const box = event.currentTarget;
    void toggleNotices().finally(() => (box.checked = isNotifying.value));
  };
  return (
    <dialog ref={dialog} class="dialog settings" aria-labelledby="settings-title" data-testid="settings-dialog" onClose={remove} onClick={(event) => event.target === dialog.current && close()}>
      <h2 id="settings-title" tabIndex={-1} autofocus>{t("Settings")}</h2>
      <form
        class="myself"
        onSubmit={(event) => {
          event.preventDefault();
          if (isRenamed) void rename();
        }}
      >
        {me && <Avatar id={me.player_id} />}
        <NameField id="settings-name" />
        {isRenamed && (
          <button type="submit" class="btn" disabled={isBusy.value} data-testid="save-name">
            {t("Save")}
          </button>
        )}
      </form>
      <Radios
        name="language"
        legend={t("Language")}
        now={language()}
        all={Object.entries(LANGUAGES).map(([value, label]) => [value, label, value] as const)}
        pick={(value) => {
          used("language");
          void chooseLanguage(value as Language);
        }}
      />
      <Radios
        name="theme"
        legend={t("Colours")}
        now={theme.value}
        all={THEMES.map(([value, label]) => [value, t(label)] as const)}
        pick={(value) => {
          used("theme");
          theme.value = value as Theme;
        }}
      />
      <Radios name="motion" legend={t("Movement on the page")} now={motion.value} all={MOTIONS.map(([value, label]) => [value, t(label)] as const)} pick={(value) => setMotion(value === "less")} />
      <div class="switches">
        <label class="check">
          <input type="checkbox" role="switch" data-testid="set-sound" checked={isSounding.value} onChange={toggleSound} />
          {t("Sound")}
        </label>
        {canNotify && (
          <label class="check">
            <input type="checkbox" role="switch" data-testid="set-notices" checked={isNotifying.value} onChange={allow} />
            {t("A notice when it is my turn")}
          </label>
        )}
      </div>
      <div class="acts">
        <button type="button" class="btn main" onClick={close}>
          {t("Done")}
        </button>
      </div>
    </dialog>
  );
}

interface RadiosProps {
  readonly name: string;
  readonly legend: string;
  readonly now: string;
  readonly all: readonly (readonly [value: string, label: string, lang?: string])[];
  readonly pick: (value: string) => void;
}

function Radios({ name, legend, now, all, pick }: RadiosProps) {
  return (
    <fieldset class="choice" data-testid={`set-${name}`}>
      <legend>{legend}</legend>
      {all.map(([value, label, lang]) => (
        <label key={value} lang={lang}>
          <input type="radio" name={`set-${name}`} value={value} checked={value === now} onChange={() => pick(value)} />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}
