{{ header }}

import { CfnResource, ResolutionTypeHint, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
{%- if !imports.is_empty() %}
import { {% for name in imports %}{{ name }}{% if !loop.last %}, {% endif %}{% endfor %} } from './choices';
{%- endif %}
{% for shape in structs %}
{{ shape.doc }}
export interface {{ shape.name }} {
{%- for property in shape.properties %}
  {{ property.doc }}
  readonly {{ property.name }}{% if !property.required %}?{% endif %}: {{ property.kind }};
{% endfor -%}
}

function render{{ shape.name }}(value?: {{ shape.name }}): any {
  return value === undefined ? undefined : {
{%- for property in shape.properties %}
    {{ property.key }}: {{ property.rendered }},
{%- endfor %}
  };
}
{% endfor %}
{{ props_doc }}
export interface {{ class }}Props {
  /**
   * ARN of the provider function. It has to be a function of the same stack for the CDK CLI to show
   * its log lines when the resource fails.
   */
  readonly serviceToken: string;

  /**
   * Seconds until CloudFormation gives up waiting for the provider, 1 to 3600.
   *
   * @default - CloudFormation's own, 3600
   */
  readonly serviceTimeout?: number;
{% for property in properties %}
  {{ property.doc }}
  readonly {{ property.name }}{% if !property.required %}?{% endif %}: {{ property.kind }};
{% endfor -%}
}

{{ class_doc }}
export class {{ class }} extends CfnResource {
  /** The type's name in CloudFormation. */
  public static readonly CFN_RESOURCE_TYPE_NAME = {{ type_name }};
{% for attribute in attributes %}
  {{ attribute.doc }}
  public readonly {{ attribute.name }}: string;
{% endfor %}
  /** ARN of the provider function. */
  public serviceToken: string;

  /** Seconds until CloudFormation gives up waiting for the provider, 1 to 3600. */
  public serviceTimeout?: number;
{% for property in properties %}
  {{ property.short_doc }}
  public {{ property.name }}{% if !property.required %}?{% endif %}: {{ property.kind }};
{% endfor %}
  constructor(scope: Construct, id: string, props: {{ class }}Props) {
    super(scope, id, { type: {{ class }}.CFN_RESOURCE_TYPE_NAME });
{%- for attribute in attributes %}
    this.{{ attribute.name }} = Token.asString(this.getAtt({{ attribute.key }}, ResolutionTypeHint.STRING));
{%- endfor %}
    this.serviceToken = props.serviceToken;
    this.serviceTimeout = props.serviceTimeout;
{%- for property in properties %}
    this.{{ property.name }} = props.{{ property.name }};
{%- endfor %}
  }

  /** The properties as CloudFormation takes them. */
  protected get cfnProperties(): { [key: string]: any } {
    const value = this;
    return {
      ServiceToken: value.serviceToken,
      ServiceTimeout: value.serviceTimeout,
{%- for property in properties %}
      {{ property.key }}: {{ property.rendered }},
{%- endfor %}
    };
  }
}
