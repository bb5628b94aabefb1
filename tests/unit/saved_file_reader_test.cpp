#include <gtest/gtest.h>

#include "../saved_files.h"
#include "base/error.h"
#include "formats/hdf5/lzf_filter.h"
#include "formats/layer_keys.h"
#include "formats/reader.h"
#include "formats/strict_json.h"

namespace kerasan::formats {
namespace {

using namespace kerasan::testing;

std::vector<double> values(const Weight& weight) {
  std::vector<double> all;
  for_values(weight, [&](auto part) { all.insert(all.end(), part.begin(), part.end()); });
  return all;
}

std::string error_of(const std::string& path) {
  try {
    read_model_file(path);
    return {};
  } catch (const InputError& error) {
    return error.what();
  }
}

std::vector<std::string> kinds(const ModelFile& file) {
  std::vector<std::string> all;
  for (const Fault& fault : file.faults) all.push_back(fault.kind);
  return all;
}

TEST(SavedFile, ReadsListedLayers) {
  const Folder folder;
  {
    H5Writer file(folder / "m.h5");
    write_dense(file);
  }
  const ModelFile model = read_model_file(folder / "m.h5");
  EXPECT_EQ(model.format, "HDF5");
  EXPECT_EQ(model.layout, "keras-2");
  EXPECT_EQ(model.keras_version, "2.4.0");
  EXPECT_EQ(model.config["class_name"], "Sequential");
  ASSERT_EQ(model.weights.size(), 2U);
  EXPECT_EQ(model.weights[0].layer, "dense");
  EXPECT_EQ(model.weights[0].shape, (Shape{3, 2}));
  EXPECT_EQ(values(model.weights[0]), (std::vector<double>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(values(model.weights[1]), (std::vector<double>{0.5, -0.5}));
  EXPECT_TRUE(model.faults.empty());
}

TEST(SavedFile, TellsWhatIsListedAndMissingAndTheReverse) {
  const Folder folder;
  {
    H5Writer file(folder / "m.h5");
    file.data("dense/dense/kernel:0", {1}, {1});
    file.data("dense/dense/extra:0", {1}, {1});
    file.texts("/", "layer_names0", {"dense"});  // in pieces
    file.texts("/", "layer_names1", {"lost"});
    file.texts("dense", "weight_names", {"dense/kernel:0", "dense/bias:0"});
    file.group("stray");
  }
  EXPECT_EQ(
      kinds(read_model_file(folder / "m.h5")),
      (std::vector<std::string>{kMissingWeight, kOrphanWeight, kMissingWeight, kOrphanWeight}));
}

TEST(SavedFile, ReadsOtherStorageOfTheSameValues) {
  const Folder folder;
  {
    H5Writer file(folder / "m.h5");
    const hid_t plan = H5Pcreate(H5P_DATASET_CREATE);
    const hsize_t chunk[] = {2};
    H5Pset_chunk(plan, 1, chunk);
    H5Pset_deflate(plan, 6);
    file.data("layers/dense/vars/0", {4}, {1, 2, 3, 4}, H5T_IEEE_F32LE, plan);
    file.data("layers/dense/vars/1", {2}, {5, 6}, H5T_IEEE_F32BE);
    file.data("layers/dense/vars/10", {}, {7}, H5T_IEEE_F64LE);
    file.data("optimizer/vars/0", {1}, {8});
    H5Pclose(plan);
  }
  const ModelFile model = read_model_file(folder / "m.h5");
  EXPECT_EQ(model.layout, "keras-3");
  ASSERT_EQ(model.weights.size(), 3U);
  EXPECT_EQ(values(model.weights[0]), (std::vector<double>{1, 2, 3, 4}));
  EXPECT_EQ(values(model.weights[1]), (std::vector<double>{5, 6}));
  EXPECT_EQ(values(model.weights[2]), (std::vector<double>{7}));
  EXPECT_EQ(model.weights[2].dtype, DType::kFloat64);
  EXPECT_EQ(model.optimizer_weights.size(), 1U);
  EXPECT_EQ(kinds(model), std::vector<std::string>{kMissingWeight});  // 2 to 9
}

TEST(SavedFile, UnpacksLzf) {
  const auto unpacked = [](std::vector<int> bytes) -> std::string {
    std::vector<std::byte> packed;
    for (const int b : bytes) packed.push_back(static_cast<std::byte>(b));
    const auto out = lzf_unpacked(packed);
    return out ? std::string(reinterpret_cast<const char*>(out->data()), out->size()) : "unsound";
  };
  EXPECT_EQ(unpacked({1, 'a', 'b'}), "ab");
  EXPECT_EQ(unpacked({1, 'a', 'b', 2 << 5, 1}), "ababab");  // 4 from 2 back
  EXPECT_EQ(unpacked({0, 'a', 7 << 5, 2, 0}), std::string(12, 'a'));
  EXPECT_EQ(unpacked({0, 'a', 1 << 5, 1}), "unsound");  // from before the beginning
  EXPECT_EQ(unpacked({2, 'a'}), "unsound");
  EXPECT_EQ(unpacked({0, 'a', 7 << 5, 2}), "unsound");
}

TEST(SavedFile, BoundsWhatDatasetsClaimTogether) {
  const Folder folder;
  {
    H5Writer file(folder / "m.h5");
    const hid_t plan = H5Pcreate(H5P_DATASET_CREATE);
    const hsize_t all = 4 << 20, chunk[] = {all};  // 16 MB, of which the file has nothing
    H5Pset_chunk(plan, 1, chunk);
    for (int i = 0; i < 18; ++i) {
      file.data("layers/dense/vars/" + std::to_string(i), {all}, {}, H5T_IEEE_F32LE, plan);
    }
    H5Pclose(plan);
  }
  const ModelFile model = read_model_file(folder / "m.h5");
  ASSERT_EQ(model.unread.size(), 2U);
  EXPECT_NE(model.unread[0].find("claim more than"), std::string::npos);
}

TEST(SavedFile, FollowsNoLinkAndReadsNoOtherFile) {
  const Folder folder;
  spit(folder / "secret", std::string(64, 'x'));
  {
    H5Writer file(folder / "m.h5");
    const hid_t plan = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_external(plan, (folder / "secret").c_str(), 0, 64);
    file.data("layers/dense/vars/0", {2}, {}, H5T_IEEE_F32LE, plan);
    H5Lcreate_external("other.h5", "/", file.id(), "away", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/layers", file.id(), "soft", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_hard(file.id(), "/", file.id(), "/layers/cycle", H5P_DEFAULT, H5P_DEFAULT);
    H5Pclose(plan);
  }
  const ModelFile model = read_model_file(folder / "m.h5");
  EXPECT_EQ(kinds(model), (std::vector<std::string>(3, kNotFollowed)));
  ASSERT_EQ(model.unread.size(), 1U);
  EXPECT_EQ(model.weights.at(0).bytes.size(), 0U);
}

TEST(SavedFile, ReadsNumberedLayers) {
  const Folder folder;
  {
    H5Writer file(folder / "m.h5");
    file.data("layer_0/param_0", {2}, {1, 2});
    const auto number = [&](const char* object, const char* name, std::int64_t value) {
      const hid_t space = H5Screate(H5S_SCALAR), owner = H5Oopen(file.id(), object, H5P_DEFAULT);
      const hid_t made = H5Acreate2(owner, name, H5T_STD_I64LE, space, H5P_DEFAULT, H5P_DEFAULT);
      H5Awrite(made, H5T_NATIVE_INT64, &value);
      H5Aclose(made);
      H5Oclose(owner);
      H5Sclose(space);
    };
    number("/", "nb_layers", 1);
    number("/layer_0", "nb_params", 2);
  }
  const ModelFile model = read_model_file(folder / "m.h5");
  EXPECT_EQ(model.layout, "keras-1");
  EXPECT_EQ(model.weights.size(), 1U);
  EXPECT_EQ(kinds(model), std::vector<std::string>{kMissingWeight});
}

TEST(SavedFile, RefusesDamagedHdf5) {
  const Folder folder;
  {
    H5Writer file(folder / "m.h5");
    write_dense(file);
  }
  const std::string whole = slurp(folder / "m.h5");
  for (const std::size_t size : {whole.size() / 8, whole.size() / 2, whole.size() - 1}) {
    spit(folder / "cut.h5", whole.substr(0, size));
    EXPECT_TRUE(error_of(folder / "cut.h5").starts_with(folder / "cut.h5")) << size;
  }
  for (std::size_t at = 16; at < whole.size(); at += 997) {  // an error, or a model, and no crash
    std::string bad = whole;
    for (std::size_t i = at; i < std::min(at + 8, bad.size()); ++i) bad[i] = '\xff';
    spit(folder / "bad.h5", bad);
    error_of(folder / "bad.h5");
  }
}

TEST(SavedFile, ReadsArchivesInPlace) {
  const Folder folder;
  {
    H5Writer file(folder / "w.h5");
    file.data("layers/dense/vars/0", {2}, {1, 2});
  }
  const std::string weights = slurp(folder / "w.h5");
  const std::string metadata = R"({"keras_version": "3.1.0"})";
  for (const bool compressed : {false, true}) {
    write_zip(folder / "m.keras", {{"metadata.json", metadata},
                                   {"config.json", dense_config()},
                                   {"model.weights.h5", weights, compressed},
                                   {"assets/vocabulary.txt", "a\nb"}});
    const ModelFile model = read_model_file(folder / "m.keras");
    EXPECT_EQ(model.keras_version, "3.1.0");
    EXPECT_EQ(model.entries.size(), 1U);
    ASSERT_EQ(model.weights.size(), 1U);
    EXPECT_EQ(values(model.weights[0]), (std::vector<double>{1, 2}));
  }
}

TEST(SavedFile, RefusesHostileArchives) {
  const Folder folder;
  const std::string config = dense_config();
  write_zip(folder / "up.keras",
            {{"metadata.json", "{}"}, {"config.json", config}, {"a/../../b", "x"}});
  EXPECT_NE(error_of(folder / "up.keras").find("leads out of the archive"), std::string::npos);
  write_zip(folder / "bare.keras", {{"metadata.json", "{}"}});
  EXPECT_NE(error_of(folder / "bare.keras").find("no config.json"), std::string::npos);

  write_zip(folder / "m.keras", {{"metadata.json", "{}"}, {"config.json", config}});
  std::string bad = slurp(folder / "m.keras");
  bad[bad.find("Sequential")] = 'X';
  spit(folder / "crc.keras", bad);
  EXPECT_NE(error_of(folder / "crc.keras").find("checksum"), std::string::npos);
  spit(folder / "cut.keras", bad.substr(0, bad.size() / 2));
  EXPECT_TRUE(error_of(folder / "cut.keras").starts_with(folder / "cut.keras"));
}

TEST(SavedFile, RefusesArchiveOfImpossibleSize) {
  const Folder folder;
  write_zip(folder / "m.keras",
            {{"metadata.json", "{}"}, {"config.json", std::string(4000, ' '), true}});
  std::string bytes = slurp(folder / "m.keras");
  // The sizes in the local header and in the directory: 4000 becomes 0x7000'0000.
  const std::string size = std::string("\xa0\x0f\0\0", 4), huge = std::string("\0\0\0\x70", 4);
  for (std::size_t at; (at = bytes.find(size)) != std::string::npos;) bytes.replace(at, 4, huge);
  spit(folder / "bomb.keras", bytes);
  EXPECT_NE(error_of(folder / "bomb.keras").find("refused"), std::string::npos);
}

TEST(SavedFile, TellsWhatIsNoJson) {
  std::vector<Fault> faults;
  const Json json =
      parse_json(R"({"a": NaN, "b": -Infinity, "a": "NaN \" Infinity"})", "c", faults);
  EXPECT_EQ(json["a"], "NaN \" Infinity");
  EXPECT_EQ(json["b"], "-inf");
  EXPECT_EQ(faults.size(), 3U);
  EXPECT_THROW(parse_json(std::string(100000, '['), "c", faults), InputError);
  EXPECT_THROW(parse_json("{\"a\": ", "c", faults), InputError);
  EXPECT_THROW(parse_json("\"\\", "c", faults), InputError);
}

TEST(SavedFile, ReadsYamlAndBuildsNothing) {
  const Folder folder;
  spit(folder / "m.yaml",
       "backend: tensorflow\nclass_name: Sequential\nconfig:\n  name: m\n  layers:\n"
       "  - class_name: Dense\n    config: {name: dense, units: 2, use_bias: true, rate: 0.5,\n"
       "      batch_input_shape: !!python/tuple [null, 3], x: !!python/object/apply:os.system "
       "[ls]}\n");
  const ModelFile model = read_model_file(folder / "m.yaml");
  const Json& config = (*layer_list(model.config))[0]["config"];
  EXPECT_EQ(config["units"], 2);
  EXPECT_EQ(config["rate"], 0.5);
  EXPECT_EQ(config["batch_input_shape"], Json::parse("[null, 3]"));
  EXPECT_EQ(model.unread.size(), 1U);

  std::string bomb = "class_name: A\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string from = "*a" + std::to_string(i - 1), to = std::to_string(i);
    bomb += "a" + to + ": &a" + to + " [" + from;
    for (int k = 0; k < 9; ++k) bomb += ", " + from;
    bomb += "]\n";
  }
  spit(folder / "bomb.yaml", bomb);
  EXPECT_NE(error_of(folder / "bomb.yaml").find("more than"), std::string::npos);
}

TEST(SavedFile, KnowsTheKeysOfKeras3) {
  EXPECT_EQ(snake_case("BatchNormalization"), "batch_normalization");
  EXPECT_EQ(snake_case("SeparableConv2D"), "separable_conv2d");
  EXPECT_EQ(snake_case("PReLU"), "p_re_lu");
  EXPECT_EQ(snake_case("LSTM"), "lstm");
}

TEST(SavedFile, RefusesWhatIsNoModel) {
  const Folder folder;
  spit(folder / "a.txt", "hello");
  EXPECT_NE(error_of(folder / "a.txt").find("no format"), std::string::npos);
  spit(folder / "a.json", R"({"a": 1})");
  EXPECT_NE(error_of(folder / "a.json").find("no class_name"), std::string::npos);
  EXPECT_NE(error_of(folder / "none.h5").find("cannot open"), std::string::npos);
  {
    H5Writer file(folder / "data.h5");
    file.data("numbers", {2}, {1, 2});
  }
  EXPECT_NE(error_of(folder / "data.h5").find("neither a model nor weights"), std::string::npos);
}

}  // namespace
}  // namespace kerasan::formats
