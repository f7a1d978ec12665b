// The only way from text to HTML on our pages. What arrives was escaped by the server's templates.
const policy = window.trustedTypes?.createPolicy("smsbin", { createHTML: (html) => html });

export function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = policy ? policy.createHTML(html) : html;
  return template.content;
}
