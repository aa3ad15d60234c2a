/** Text of a stylesheet, minified by the build; `adoptStyles` puts it on the page. */
declare module "*.css" {
  const text: string;
  export default text;
}
