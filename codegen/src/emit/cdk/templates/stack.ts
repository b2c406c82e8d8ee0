{{ header }}
{% for module in modules %}
import * as {{ module.alias }} from {{ module.path }};
{%- endfor %}

// What the templates of the {{ stack }} stack say, with arguments in place of their parameters.
{% for constant in constants %}
{{ constant.doc }}
export const {{ constant.name }} = {{ constant.value }};
{% endfor -%}
{%- for function in functions %}
{{ function.doc }}
export function {{ function.name }}(
{%- if !function.arguments.is_empty() -%}
v: {
{%- for argument in function.arguments %}
  readonly {{ argument.name }}{% if argument.optional %}?{% endif %}: {{ argument.kind }};
{%- endfor %}
}
{%- endif -%}
): {{ function.returns }} {
  return {{ function.body }};
}
{% endfor -%}
