#include "formats/hdf5/scan.h"

#include <sys/mman.h>
#include <unistd.h>

#include <set>

#include "formats/hdf5/handle.h"
#include "formats/hdf5/lzf_filter.h"
#include "formats/hdf5/memory_driver.h"
#include "formats/hdf5/value.h"

namespace kerasan::formats {
namespace {

constexpr std::size_t kMaxObjects = 1000000;
constexpr int kMaxDepth = 64;
// Deflate cannot do better than 1032:1 (zlib's technical notes); beyond it the size is a lie.
constexpr std::size_t kMaxExpansion = 1100;
constexpr std::size_t kAlwaysRead = std::size_t{16} << 20;
// What all that is read into memory may take: this, or so many times the file. Datasets without
// bytes of their own take a few hundred bytes of the file each and claim what they like.
constexpr std::size_t kAlwaysSpilled = std::size_t{256} << 20, kMaxShare = 100;

class Scanner {
 public:
  Scanner(std::span<const std::byte> file, int spill_fd) : file_(file), spill_fd_(spill_fd) {}

  Json group(hid_t id, int depth) {
    if (depth > kMaxDepth) throw InputError("groups nested more than 64 deep");
    Json out = {{"attributes", attributes(id)},
                {"groups", Json::object()},
                {"datasets", Json::object()},
                {"links", Json::array()}};
    for (const std::string& name : names(id)) child(id, name, depth, out);
    return out;
  }

  // True when the object was not met before.
  bool enter(haddr_t address) { return groups_.insert(address).second; }

 private:
  static std::vector<std::string> names(hid_t group) {
    H5G_info_t info;
    if (H5Gget_info(group, &info) < 0) throw InputError("a group cannot be read");
    if (info.nlinks > kMaxObjects) throw InputError("a group with more than 1000000 members");
    std::vector<std::string> all;
    const auto add = [](hid_t, const char* name, const H5L_info_t*, void* out) -> herr_t {
      static_cast<std::vector<std::string>*>(out)->emplace_back(name);
      return 0;
    };
    if (H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, add, &all) < 0) {
      throw InputError("the members of a group cannot be read");
    }
    return all;
  }

  void child(hid_t parent, const std::string& name, int depth, Json& out) {
    H5L_info_t link;
    if (H5Lget_info(parent, name.c_str(), &link, H5P_DEFAULT) < 0) {
      throw InputError("the link \"" + name + "\" cannot be read");
    }
    if (link.type != H5L_TYPE_HARD) {
      out["links"].push_back(name);
      return;
    }
    if (++objects_ > kMaxObjects) throw InputError("more than 1000000 objects");
    const H5Handle object(
        H5Oopen(parent, name.c_str(), H5P_DEFAULT), &H5Oclose,
        "the object \"" + name + "\"; it is corrupt, or of a newer HDF5 than can be read here");
    const H5I_type_t type = H5Iget_type(object);
    if (type == H5I_GROUP) {
      H5O_info_t info;
      if (H5Oget_info2(object, &info, H5O_INFO_BASIC) < 0 || !enter(info.addr)) {
        out["links"].push_back(name);
      } else {
        out["groups"][name] = group(object, depth + 1);
      }
    } else if (type == H5I_DATASET) {
      out["datasets"][name] = dataset(object);
    }
  }

  Json attributes(hid_t object) {
    std::vector<std::string> all;
    const auto add = [](hid_t, const char* name, const H5A_info_t*, void* out) -> herr_t {
      static_cast<std::vector<std::string>*>(out)->emplace_back(name);
      return 0;
    };
    if (H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, add, &all) < 0) {
      throw InputError("attributes cannot be read");
    }
    Json out = Json::object();
    for (const std::string& name : all) {
      const H5Handle attribute(H5Aopen(object, name.c_str(), H5P_DEFAULT), &H5Aclose,
                               "the attribute \"" + name + "\"");
      out[name] = attribute_value(attribute);
    }
    return out;
  }

  Json dataset(hid_t id) {
    const H5Handle type(H5Dget_type(id), &H5Tclose, "the type of a dataset");
    const H5Handle space(H5Dget_space(id), &H5Sclose, "the shape of a dataset");
    Json out = {
        {"attributes", attributes(id)}, {"text", type_text(type)}, {"shape", Json::array()}};
    std::optional<DType> dtype = dtype_of(type);
    // HDF5 has no bfloat16; Keras 3 marks two opaque bytes as one.
    if (!dtype && H5Tget_class(type) == H5T_OPAQUE && H5Tget_size(type) == 2 &&
        out["attributes"].value("dtype", Json()) == "bfloat16") {
      dtype = DType::kBFloat16;
      out["text"] = "bfloat16";
    }
    if (H5Sget_simple_extent_type(space) == H5S_NULL) {
      out["unread"] = "it has no values";
      return out;
    }
    const Shape shape = shape_of(space);
    out["shape"] = shape;
    if (!dtype) {
      out["unread"] = "values of type " + out["text"].get<std::string>();
      return out;
    }
    out["dtype"] = dtype_name(*dtype);
    place(id, type, element_count(shape) * dtype_size(*dtype), out);
    return out;
  }

  // Says where the values lie: in the file as they are, or read into the spill.
  void place(hid_t id, hid_t type, std::size_t size, Json& out) {
    const H5Handle plist(H5Dget_create_plist(id), &H5Pclose, "the layout of a dataset");
    const H5D_layout_t layout = H5Pget_layout(plist);
    if (layout == H5D_VIRTUAL || H5Pget_external_count(plist) != 0) {
      out["unread"] = "its values lie in other files, which are not followed";
      return;
    }
    if (std::string filter = unknown_filter(plist); !filter.empty()) {
      out["unread"] = "its values are packed by " + filter + ", which is not known here";
      return;
    }
    const H5Handle memory(H5Tcopy(type), &H5Tclose, "a type");
    if (const H5T_class_t kind = H5Tget_class(type); kind == H5T_INTEGER || kind == H5T_FLOAT) {
      H5Tset_order(memory, H5T_ORDER_LE);
    }
    const haddr_t offset = layout == H5D_CONTIGUOUS ? H5Dget_offset(id) : HADDR_UNDEF;
    if (offset != HADDR_UNDEF && H5Tequal(memory, type) > 0) {
      if (offset > file_.size() || size > file_.size() - offset) {
        throw InputError("a dataset lies beyond the end of the file; it is cut off");
      }
      out["offset"] = offset;
      return;
    }
    const hsize_t stored = H5Dget_storage_size(id);
    if (size > kAlwaysRead && size / kMaxExpansion > stored) {
      out["unread"] =
          "it claims " + std::to_string(size) + " bytes and stores " + std::to_string(stored);
      return;
    }
    const std::size_t most = std::max(kAlwaysSpilled, kMaxShare * file_.size());
    if (size > most - std::min(most, spilled_)) {
      out["unread"] = "the datasets of the file claim more than " + std::to_string(most) + " bytes";
      return;
    }
    spill(id, memory, size, out);
  }

  // Says which filter of a dataset is missing; empty: none is.
  static std::string unknown_filter(hid_t plist) {
    const int count = H5Pget_nfilters(plist);
    for (int i = 0; i < count; ++i) {
      char name[64] = "";
      unsigned flags = 0, config = 0;
      std::size_t values = 0;
      const H5Z_filter_t filter = H5Pget_filter2(plist, static_cast<unsigned>(i), &flags, &values,
                                                 nullptr, sizeof name, name, &config);
      name[sizeof name - 1] = '\0';
      if (filter < 0) throw InputError("the filters of a dataset cannot be read");
      if (H5Zfilter_avail(filter) > 0) continue;
      return "filter " + std::to_string(filter) + (*name != '\0' ? std::string(" ") + name : "");
    }
    return {};
  }

  void spill(hid_t id, hid_t memory, std::size_t size, Json& out) {
    const std::size_t page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    const std::size_t at = (spilled_ + page - 1) / page * page;
    out["spill"] = at;
    spilled_ = at + size;
    if (size == 0) return;
    if (::ftruncate(spill_fd_, static_cast<off_t>(spilled_)) != 0) {
      throw InputError("no memory for a dataset of " + std::to_string(size) + " bytes");
    }
    void* const to = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, spill_fd_,
                            static_cast<off_t>(at));
    if (to == MAP_FAILED) throw InputError("no memory for a dataset");
    const herr_t status = H5Dread(id, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, to);
    ::munmap(to, size);
    if (status < 0) throw InputError("the values of a dataset cannot be read");
  }

  std::span<const std::byte> file_;
  int spill_fd_;
  std::size_t spilled_ = 0;
  std::size_t objects_ = 0;
  std::set<haddr_t> groups_;
};

}  // namespace

Json scan_hdf5(std::span<const std::byte> file, int spill_fd) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  H5PLset_loading_state(0);  // a file names filters; no library is loaded because of it
  register_lzf();
  const H5Handle handle(open_in_memory(file), &H5Fclose,
                        "it as HDF5; it is corrupt, cut off or too new");
  const H5Handle root(H5Gopen2(handle, "/", H5P_DEFAULT), &H5Gclose, "the root group");
  Scanner scanner(file, spill_fd);
  H5O_info_t info;
  if (H5Oget_info2(root, &info, H5O_INFO_BASIC) >= 0) scanner.enter(info.addr);
  return scanner.group(root, 0);
}

}  // namespace kerasan::formats
