// Writes small saved files for tests, with the libraries themselves.
#pragma once

#include <hdf5.h>
#include <unistd.h>
#include <zip.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace kerasan::testing {

class Folder {
 public:
  Folder() {
    char name[] = "/tmp/kerasan-test-XXXXXX";
    path_ = ::mkdtemp(name);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline std::string slurp(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
inline void spit(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

class H5Writer {
 public:
  explicit H5Writer(const std::string& path)
      : file_(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)),
        links_(H5Pcreate(H5P_LINK_CREATE)) {
    H5Pset_create_intermediate_group(links_, 1);
  }
  H5Writer(const H5Writer&) = delete;
  H5Writer& operator=(const H5Writer&) = delete;
  ~H5Writer() {
    H5Pclose(links_);
    H5Fclose(file_);
  }
  hid_t id() const { return file_; }

  void group(const std::string& path) {
    H5Gclose(H5Gcreate2(file_, path.c_str(), links_, H5P_DEFAULT, H5P_DEFAULT));
  }
  // `type`: how it lies in the file; `plan`: how it is laid out.
  void data(const std::string& path, const std::vector<hsize_t>& shape,
            const std::vector<float>& values, hid_t type = H5T_IEEE_F32LE,
            hid_t plan = H5P_DEFAULT) {
    const hid_t space = shape.empty() ? H5Screate(H5S_SCALAR)
                                      : H5Screate_simple(int(shape.size()), shape.data(), nullptr);
    const hid_t set = H5Dcreate2(file_, path.c_str(), type, space, links_, plan, H5P_DEFAULT);
    if (!values.empty()) {
      H5Dwrite(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    }
    H5Dclose(set);
    H5Sclose(space);
  }
  void text(const std::string& object, const std::string& name, const std::string& value) {
    attribute(object, name, {value}, true);
  }
  void texts(const std::string& object, const std::string& name,
             const std::vector<std::string>& values) {
    attribute(object, name, values, false);
  }

 private:
  void attribute(const std::string& object, const std::string& name,
                 const std::vector<std::string>& values, bool scalar) {
    std::size_t width = 1;
    for (const std::string& value : values) width = std::max(width, value.size() + 1);
    std::string bytes;
    for (const std::string& value : values)
      bytes += value + std::string(width - value.size(), '\0');
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, width);
    const hsize_t count = values.size();
    const hid_t space = scalar ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &count, nullptr);
    const hid_t owner = H5Oopen(file_, object.c_str(), H5P_DEFAULT);
    const hid_t made = H5Acreate2(owner, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(made, type, bytes.data());
    H5Aclose(made);
    H5Oclose(owner);
    H5Sclose(space);
    H5Tclose(type);
  }

  hid_t file_, links_;
};

struct Member {
  std::string name, bytes;
  bool compressed = false;
};

inline void write_zip(const std::string& path, const std::vector<Member>& members) {
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  for (const Member& member : members) {
    zip_source_t* source = zip_source_buffer(archive, member.bytes.data(), member.bytes.size(), 0);
    const zip_int64_t index = zip_file_add(archive, member.name.c_str(), source, ZIP_FL_ENC_UTF_8);
    zip_set_file_compression(archive, zip_uint64_t(index),
                             member.compressed ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0);
  }
  zip_close(archive);
}

// A Dense(2) on three features, as Keras 2 saves it.
inline const char* dense_config() {
  return R"({"class_name": "Sequential", "config": {"name": "model", "layers": [
    {"class_name": "Dense", "config": {"name": "dense", "trainable": true, "dtype": "float32",
     "batch_input_shape": [null, 3], "units": 2, "use_bias": true, "activation": "linear"}}]}})";
}

inline void write_dense(H5Writer& file) {
  file.text("/", "keras_version", "2.4.0");
  file.text("/", "model_config", dense_config());
  file.data("model_weights/dense/dense/kernel:0", {3, 2}, {1, 2, 3, 4, 5, 6});
  file.data("model_weights/dense/dense/bias:0", {2}, {0.5F, -0.5F});
  file.texts("model_weights", "layer_names", {"dense"});
  file.texts("model_weights/dense", "weight_names", {"dense/kernel:0", "dense/bias:0"});
}

}  // namespace kerasan::testing
