window.addEventListener("load", function () {
  var ui = SwaggerUIBundle({
    urls: oppsett.dokumenter,
    dom_id: "#swagger-ui",
    deepLinking: true,
    validatorUrl: null,
    queryConfigEnabled: false,
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    layout: "StandaloneLayout",
    onComplete: function () {
      var token = oppsett.tokener[ui.specSelectors.url()];
      var skjemaer = ui.specSelectors.specJson().getIn(["components", "securitySchemes"]);
      if (token === undefined || skjemaer === undefined) {
        return;
      }
      skjemaer.forEach(function (skjema, navn) {
        if (skjema.get("type") === "http" && String(skjema.get("scheme")).toLowerCase() === "bearer") {
          ui.preauthorizeApiKey(navn, token);
        }
      });
    }
  });
});
