#pragma once

#include <memory>
#include <vector>

#include "handles.hpp"
#include "operations.hpp"
#include "runtime_api.hpp"

namespace cuda_on_cpu {

/** Work of a graph, and the earlier nodes it comes after. */
struct GraphNode {
  int device;
  Work work;
  std::vector<size_t> after;
};

}  // namespace cuda_on_cpu

struct CUgraph_st {
  std::vector<cuda_on_cpu::GraphNode> nodes;
};

struct CUgraphExec_st {
  std::vector<cuda_on_cpu::GraphNode> nodes;
  /** Launches of one graph come one after another. */
  cuda_on_cpu::OperationPointer last_launch;
};

namespace cuda_on_cpu {

extern Handles<CUgraph_st> graphs;
extern Handles<CUgraphExec_st> executable_graphs;

}  // namespace cuda_on_cpu
