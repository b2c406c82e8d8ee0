{{ header }}

/** What a parameter of the templates takes, and so the argument of the same name. */
export interface Limit {
  readonly pattern?: RegExp;
  readonly least?: number;
  readonly most?: number;
  readonly allowed?: readonly (string | number)[];
  readonly default?: string | number;
  /** What to give, in words. */
  readonly expected: string;
}

/** The Regions whose CloudFormation has `AWS::Glue::Integration`. */
export const REGIONS: readonly string[] = {{ regions }};
{% for limit in limits %}
{{ limit.doc }}
export const {{ limit.name }}: Limit = {{ limit.value }};
{% endfor -%}
