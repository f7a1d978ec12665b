// Swagger UI, from our own files, on our own document.
const main = document.querySelector("[data-document]");
window.SwaggerUIBundle({ url: main.dataset.document, domNode: main, deepLinking: true, validatorUrl: null });
