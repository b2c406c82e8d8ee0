{{ header }}
{% for choice in choices %}
{{ choice.doc }}
export enum {{ choice.name }} {
{%- for case in choice.cases %}
  {{ case.doc }}
  {{ case.name }} = {{ case.word }},
{%- endfor %}
}
{% endfor -%}
