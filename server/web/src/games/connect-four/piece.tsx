/** A piece in a cell of 100 by 100: the seat's colour, and its shape in the middle for eyes that do not tell colours apart. */
export function Piece({ seat }: { readonly seat: number }) {
  return (
    <>
      <circle class="disc" cx="50" cy="50" r="41" />
      <circle class="rim" cx="50" cy="50" r="31" />
      {seat === 0 ? <circle class="mark" cx="50" cy="50" r="13" /> : <path class="mark" d="M50 33 L67 62 L33 62 Z" />}
    </>
  );
}
