#include "graphs.hpp"

#include "calls.hpp"
#include "streams.hpp"

namespace cuda_on_cpu {

Handles<CUgraph_st> graphs;
Handles<CUgraphExec_st> executable_graphs;

namespace {

/** The nodes that no other comes after, given as what stands for each node. */
template <typename Item>
std::vector<Item> LastOf(const std::vector<GraphNode>& nodes, const std::vector<Item>& items) {
  std::vector<bool> is_last(nodes.size(), true);
  for (const GraphNode& node : nodes) {
    for (const size_t earlier : node.after) is_last[earlier] = false;
  }
  std::vector<Item> last;
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (is_last[i]) last.push_back(items[i]);
  }
  return last;
}

/** Every node becomes an operation: nodes that do not depend on each other run in any order. */
OperationPointer SubmitGraph(int device, const std::vector<GraphNode>& nodes,
                             const std::vector<OperationPointer>& after) {
  std::vector<OperationPointer> operations;
  for (const GraphNode& node : nodes) {
    std::vector<OperationPointer> earlier;
    for (const size_t index : node.after) earlier.push_back(operations[index]);
    operations.push_back(Submit(node.device, node.work, node.after.empty() ? after : earlier));
  }
  return Submit(
      device, [] {}, nodes.empty() ? after : LastOf(nodes, operations));
}

/** Adds the nodes of a graph to the one that the stream captures. */
void AddGraph(CUstream_st& stream, const std::vector<GraphNode>& added) {
  if (added.empty()) return;
  std::vector<GraphNode>& nodes = stream.capture->graph->nodes;
  std::vector<size_t> places;
  for (const GraphNode& node : added) {
    std::vector<size_t> after;
    for (const size_t index : node.after) after.push_back(places[index]);
    places.push_back(nodes.size());
    nodes.push_back({node.device, node.work, node.after.empty() ? stream.capture_tail : after});
  }
  stream.capture_tail = LastOf(added, places);
}

}  // namespace
}  // namespace cuda_on_cpu

using namespace cuda_on_cpu;

cudaError_t cudaGraphGetNodes(cudaGraph_t graph, cudaGraphNode_t* nodes, size_t* numNodes) {
  return Call([&] {
    if (!graphs.Contains(graph) || nodes != nullptr || numNodes == nullptr) return cudaErrorInvalidValue;
    *numNodes = graph->nodes.size();
    return cudaSuccess;
  });
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t* pGraphExec, cudaGraph_t graph, unsigned long long flags) {
  return Call([&] {
    if (pGraphExec == nullptr || !graphs.Contains(graph) || flags != 0) return cudaErrorInvalidValue;
    auto executable = std::make_unique<CUgraphExec_st>();
    executable->nodes = graph->nodes;
    *pGraphExec = executable_graphs.Add(std::move(executable));
    return cudaSuccess;
  });
}

cudaError_t cudaGraphUpload(cudaGraphExec_t graphExec, cudaStream_t stream) {
  return Call([&] {
    if (!executable_graphs.Contains(graphExec)) return cudaErrorInvalidValue;
    return FindStream(stream) == nullptr ? cudaErrorInvalidResourceHandle : cudaSuccess;
  });
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t graphExec, cudaStream_t stream) {
  return Call([&] {
    CUstream_st* const found = FindStream(stream);
    if (found == nullptr) return cudaErrorInvalidResourceHandle;
    if (!executable_graphs.Contains(graphExec)) return cudaErrorInvalidValue;
    if (found->capture != nullptr) {
      if (found->capture->is_invalid) return cudaErrorStreamCaptureInvalidated;
      AddGraph(*found, graphExec->nodes);
      return cudaSuccess;
    }
    if (found->is_legacy) {
      if (const cudaError_t error = CheckLegacyStream(found->device); error != cudaSuccess) return error;
    }
    std::vector<OperationPointer> after = TailOf(*found);
    after.push_back(graphExec->last_launch);
    found->tail = graphExec->last_launch = SubmitGraph(found->device, graphExec->nodes, after);
    return cudaSuccess;
  });
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
  return Call([&] {
    if (!graphs.Contains(graph)) return cudaErrorInvalidValue;
    graphs.Remove(graph);
    return cudaSuccess;
  });
}

// Does not wait: what was launched is done all the same.
cudaError_t cudaGraphExecDestroy(cudaGraphExec_t graphExec) {
  return Call([&] {
    if (!executable_graphs.Contains(graphExec)) return cudaErrorInvalidValue;
    executable_graphs.Remove(graphExec);
    return cudaSuccess;
  });
}
