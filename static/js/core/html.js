// The only way from text to HTML on our pages. What arrives was escaped by the server's templates.
const policy = window.trustedTypes?.createPolicy("smsbin", { createHTML: (html) => html });

export function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = policy ? policy.createHTML(html) : html;
  // A template is parsed as if there were no scripts: what is meant for that case would come to life, and be in the way.
  for (const node of template.content.querySelectorAll("noscript")) node.remove();
  return template.content;
}
