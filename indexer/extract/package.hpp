// The members of an archive file, one after the other: the wall around libarchive. Only what is
// asked for is unpacked.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mailhold::indexer::extract {

enum class Packing { zip, tar, gzip };  // gzip: of a tar, or of one file without a name

struct Member {
    std::string name;  // UTF-8; empty in a gzip of one file
    bool is_file = true;
    bool encrypted = false;
};

// One pass. `octets` outlive it.
class Package {
  public:
    Package(std::string_view octets, Packing packing);
    ~Package();
    Package(const Package&) = delete;
    Package& operator=(const Package&) = delete;

    std::optional<Member> next();  // nullopt after the last, or where damage ends it
    std::string_view read();       // more of this member, until the next call; empty at its end
    bool damaged() const { return damaged_; }  // something up to here could not be read

  private:
    struct Handle;
    std::unique_ptr<Handle> handle_;
    bool damaged_ = false;
};

}  // namespace mailhold::indexer::extract
