// Arrays of NumPy, and what saved models predict on them.
#include "checks/saved_prediction.h"

#include <gtest/gtest.h>

#include "../saved_files.h"
#include "base/error.h"
#include "formats/npy.h"
#include "formats/reader.h"

namespace kerasan::checks {
namespace {

using testing::Folder;

std::string npy(const std::string& descr, const std::string& order, const std::string& shape,
                const std::vector<float>& values) {
  std::string header =
      "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }";
  header.resize(118, ' ');
  return std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header +
         std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
}

Tensor parsed(const std::string& bytes) {
  std::vector<std::byte> buffer(bytes.size());
  std::memcpy(buffer.data(), bytes.data(), bytes.size());
  return formats::parse_npy(Bytes(std::move(buffer)), "array");
}

TEST(NpyTest, ReadsBothOrders) {
  const Tensor rows = parsed(npy("<f4", "False", "(2, 3)", {1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(rows.shape(), (Shape{2, 3}));
  const Tensor columns = parsed(npy("<f4", "True", "(2, 3)", {1, 4, 2, 5, 3, 6}));
  EXPECT_EQ(columns.to_doubles(), rows.to_doubles());
  EXPECT_EQ(parsed(npy("<f4", "False", "()", {7})).to_doubles(), std::vector<double>{7});
}

TEST(NpyTest, RefusesPicklesAndDamage) {
  EXPECT_THROW(parsed(npy("|O", "False", "(1,)", {1})), InputError);
  EXPECT_THROW(parsed(npy("<f4", "False", "(3,)", {1})), InputError);
  EXPECT_THROW(parsed(npy("<f4", "False", "(-1,)", {1})), InputError);
  EXPECT_THROW(parsed(npy("<f4", "False", "(4294967296, 4294967296)", {1})), InputError);
  EXPECT_THROW(parsed("\x93NUMPY"), InputError);
}

std::string write_model(const Folder& folder, const std::string& name, float bias) {
  testing::H5Writer file(folder / name);
  file.text("/", "keras_version", "2.4.0");
  file.text("/", "model_config", testing::dense_config());
  file.data("model_weights/dense/dense/kernel:0", {3, 2}, {1, 2, 3, 4, 5, 6});
  file.data("model_weights/dense/dense/bias:0", {2}, {bias, -0.5F});
  file.texts("model_weights", "layer_names", {"dense"});
  file.texts("model_weights/dense", "weight_names", {"dense/kernel:0", "dense/bias:0"});
  return folder / name;
}

FileDifferences compared(const std::string& first, const std::string& second,
                         const NamedArrays& arrays) {
  const formats::ModelFile one = formats::read_model_file(first);
  const formats::ModelFile other = formats::read_model_file(second);
  FileDifferences out;
  compare_predictions(SavedModel(one), SavedModel(other), arrays, out);
  return out;
}

TEST(SavedPredictionTest, IsThatOfTheReference) {
  const Folder folder;
  const formats::ModelFile file = formats::read_model_file(write_model(folder, "m.h5", 0.5F));
  const std::vector<double> x{1, 0, -1};
  const NamedArrays arrays{{"x", Tensor::from_doubles(DType::kFloat32, {1, 3}, x)}};
  const Prediction prediction = predict(SavedModel(file), arrays);
  ASSERT_EQ(prediction.unknown, "");
  ASSERT_EQ(prediction.outputs.size(), 1U);
  EXPECT_EQ(prediction.outputs[0].value, (std::vector<double>{-3.5, -4.5}));
  EXPECT_GT(prediction.outputs[0].bound[0], 0);
}

TEST(SavedPredictionTest, DiffersBeyondTheBoundsOnly) {
  const Folder folder;
  const std::string first = write_model(folder, "a.h5", 0.5F);
  const std::string near = write_model(folder, "b.h5", 0.50000006F);
  const std::string far = write_model(folder, "c.h5", 0.5001F);
  const NamedArrays arrays{
      {"x", Tensor::from_doubles(DType::kFloat32, {2, 3}, std::vector<double>{1, 2, 3, 4, 5, 6})}};
  EXPECT_TRUE(compared(first, near, arrays).found.empty());
  const FileDifferences differences = compared(first, far, arrays);
  ASSERT_EQ(differences.found.size(), 1U);
  EXPECT_EQ(differences.found[0].part, "predictions");
}

TEST(SavedPredictionTest, RefusesInputsThatDoNotFit) {
  const Folder folder;
  const std::string path = write_model(folder, "a.h5", 0.5F);
  const Tensor one = Tensor::from_doubles(DType::kFloat32, {1}, std::vector<double>{1});
  EXPECT_THROW(compared(path, path, {{"a", one}, {"b", one}}), InputError);
  const FileDifferences other =
      compared(path, path,
               {{"x", Tensor::from_doubles(DType::kFloat32, {1, 2}, std::vector<double>{1, 2})}});
  EXPECT_EQ(other.not_compared.size(), 1U);
}

}  // namespace
}  // namespace kerasan::checks
