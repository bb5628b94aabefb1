// From the tensors of a checkpoint to the weights of a ModelFile.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "formats/model_file.h"
#include "formats/tensorflow/object_graph.h"
#include "formats/tensorflow/tensor_bundle.h"

namespace kerasan::formats::tensorflow {

// Further words of Fault::kind.
inline constexpr const char* kMissingFile = "missing-file";  // a file that belongs to it
inline constexpr const char* kChecksum = "checksum";  // bytes changed since they were written
inline constexpr const char* kUnreadable =
    "unreadable-value";  // its place in the file is no such value
inline constexpr const char* kDeclaredOtherwise = "declared-otherwise";  // shape or type, elsewhere

inline constexpr const char* kObjectGraphKey = "_CHECKPOINTABLE_OBJECT_GRAPH";
inline constexpr const char* kVariableValue = "VARIABLE_VALUE";

// Hands out tensors, keeps which were asked for, and turns what is wrong into faults of the file.
class BundleWeights {
 public:
  // Both must outlive it. Notes missing files and the entries of those that are there.
  BundleWeights(const TensorBundle& bundle, ModelFile& file);

  // The object graph in the checkpoint; without nodes where there is none.
  ObjectGraph object_graph();
  // Fills dtype, shape and bytes of a weight whose path and names are known, and adds it to
  // `target`. What is not numbers goes to `unread`.
  void add(const std::string& key, Weight weight, std::vector<Weight>& target);
  // State that is neither a weight nor an optimizer's: listed as an entry.
  void add_entry(const std::string& key);
  // A fault for each tensor that nothing asked for.
  void report_orphans();

 private:
  bool claim(const std::string& key);
  void note(const std::string& subject, const std::vector<BundleFault>& faults);

  const TensorBundle& bundle_;
  ModelFile& file_;
  std::set<std::string> claimed_;
};

}  // namespace kerasan::formats::tensorflow
