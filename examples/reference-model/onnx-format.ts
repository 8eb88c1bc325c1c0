/**
 * The part of the ONNX format that a decoder needs: its protocol buffer messages, with the field numbers of onnx.proto3.
 */

import protobuf from "protobufjs";

const SCHEMA = `
  syntax = "proto3";

  message ModelProto {
    int64 ir_version = 1;
    string producer_name = 2;
    GraphProto graph = 7;
    repeated OperatorSetIdProto opset_import = 8;
  }
  message OperatorSetIdProto {
    string domain = 1;
    int64 version = 2;
  }
  message GraphProto {
    repeated NodeProto node = 1;
    string name = 2;
    repeated TensorProto initializer = 5;
    repeated ValueInfoProto input = 11;
    repeated ValueInfoProto output = 12;
  }
  message NodeProto {
    repeated string input = 1;
    repeated string output = 2;
    string name = 3;
    string op_type = 4;
    repeated AttributeProto attribute = 5;
  }
  message AttributeProto {
    string name = 1;
    int64 i = 3;
    repeated int64 ints = 8;
    int32 type = 20;
  }
  message TensorProto {
    repeated int64 dims = 1;
    int32 data_type = 2;
    string name = 8;
    bytes raw_data = 9;
  }
  message ValueInfoProto {
    string name = 1;
    TypeProto type = 2;
  }
  message TypeProto {
    message Tensor {
      int32 elem_type = 1;
      TensorShapeProto shape = 2;
    }
    Tensor tensor_type = 1;
  }
  message TensorShapeProto {
    message Dimension {
      oneof value {
        int64 dim_value = 1;
        string dim_param = 2;
      }
    }
    repeated Dimension dim = 1;
  }
`;

/** As ONNX numbers the types of tensor elements. */
export const ELEMENT_TYPE = { float32: 1, int64: 7, boolean: 9, float16: 10 } as const;

export type ElementType = keyof typeof ELEMENT_TYPE;

const ATTRIBUTE_TYPE = { integer: 2, integers: 7 } as const;

/** IR version 8 is that of operator set 17. */
const IR_VERSION = 8;
const OPERATOR_SET = 17;

export interface OnnxNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: Readonly<Record<string, number | readonly number[]>>;
}

export interface OnnxInitializer {
  readonly name: string;
  readonly type: ElementType;
  /** Slowest-varying first. */
  readonly shape: readonly number[];
  /** In little-endian order. */
  readonly data: Uint8Array;
}

/** An input or an output of the graph; a dimension that is not known beforehand has a name. */
export interface OnnxValue {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly (number | string)[];
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxInitializer[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

/** The bytes of an ONNX file that holds the graph. */
export function encodeOnnx(graph: OnnxGraph): Uint8Array {
  const { root } = protobuf.parse(SCHEMA, { keepCase: true });
  const modelProto = root.lookupType("ModelProto");
  const message = modelProto.fromObject({
    ir_version: IR_VERSION,
    producer_name: "verbatim-runtime",
    opset_import: [{ domain: "", version: OPERATOR_SET }],
    graph: {
      name: graph.name,
      node: graph.nodes.map(nodeMessage),
      initializer: graph.initializers.map(({ name, type, shape, data }) => ({
        name,
        dims: shape,
        data_type: ELEMENT_TYPE[type],
        raw_data: data,
      })),
      input: graph.inputs.map(valueMessage),
      output: graph.outputs.map(valueMessage),
    },
  });
  return modelProto.encode(message).finish();
}

function nodeMessage({ operator, inputs, output, attributes }: OnnxNode): object {
  return {
    op_type: operator,
    name: output,
    input: inputs,
    output: [output],
    attribute: Object.entries(attributes).map(([name, value]) =>
      typeof value === "number"
        ? { name, type: ATTRIBUTE_TYPE.integer, i: value }
        : { name, type: ATTRIBUTE_TYPE.integers, ints: value },
    ),
  };
}

function valueMessage({ name, type, shape }: OnnxValue): object {
  const dim = shape.map((size) => (typeof size === "number" ? { dim_value: size } : { dim_param: size }));
  return { name, type: { tensor_type: { elem_type: ELEMENT_TYPE[type], shape: { dim } } } };
}
