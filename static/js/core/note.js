// The note and the tags of the open request, in a form that is replaced together with what is around it.
export const section = () => document.getElementById("annotation");
export const fieldsOf = (part) => [...part.querySelectorAll("textarea, [name=tags]")];
const isEdited = (field) => field.value !== field.defaultValue;
export const isBeingWritten = () => fieldsOf(section()).some(isEdited);

// `change` may replace the section, or all of the open request. A form that was edited, or has the focus, stays.
export function keepNote(change) {
  const old = section();
  const form = old?.querySelector("details form");
  const open = form?.parentElement.open;
  const focused = open && form.querySelector(":focus");
  const stays = focused || (form && isBeingWritten());
  change();
  const now = section();
  if (!stays || now?.dataset.annotation !== old.dataset.annotation) return;
  // Another user may have changed a field, which must not be lost when the other one is saved.
  for (const field of fieldsOf(form)) {
    const { defaultValue } = now.querySelector(`[name=${field.name}]`);
    if (!isEdited(field)) field.value = defaultValue;
    field.defaultValue = defaultValue;
  }
  const details = now.querySelector("details");
  details.open = open;
  details.querySelector("form").replaceWith(form);
  focused?.focus({ preventScroll: true });
}
