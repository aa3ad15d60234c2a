import { t } from "../core/say";
import { identity } from "./app";

export function NameField({ id = "name" }: { readonly id?: string }) {
  return (
    <div class="field">
      <label for={id}>{t("Your name")}</label>
      <input
        id={id}
        class="input"
        data-testid={`${id}-input`}
        autocomplete="nickname"
        maxLength={24}
        value={identity.name.value}
        onInput={(event) => identity.choose(event.currentTarget.value)}
        onFocus={(event) => event.currentTarget.select()}
      />
    </div>
  );
}
