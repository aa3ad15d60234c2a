import { identity } from "./app";

export function NameField() {
  return (
    <div class="field">
      <label for="name">Your name</label>
      <input
        id="name"
        class="input"
        data-testid="name-input"
        autocomplete="nickname"
        maxLength={24}
        value={identity.name.value}
        onInput={(event) => identity.choose(event.currentTarget.value)}
        onFocus={(event) => event.currentTarget.select()}
      />
    </div>
  );
}
