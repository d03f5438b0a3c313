// A folder held open, whose files are reached by their names alone: no link is followed, neither in the folder's place
// nor in a file's. For what others than this process's user may write into. Blocking calls; any thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "store/base/error.hpp"

namespace mailhold {

class Folder {
  public:
    // Errc::not_found where nothing is there, Errc::denied where it is a link or no folder.
    static Result<Folder> open(const std::filesystem::path& path);
    ~Folder();
    Folder(Folder&& other) noexcept;
    Folder& operator=(Folder&& other) noexcept;

    Result<std::vector<std::string>> names() const;  // of all that is in it, sorted
    // All of a file. Errc::corrupt for what is no plain file, or has more than `most` octets.
    Result<std::string> read(const std::string& name, std::size_t most) const;
    Status remove(const std::string& name) const;
    Status rename_durably(const std::string& from, const std::string& to) const;

  private:
    Folder(int fd, std::filesystem::path path) : fd_(fd), path_(std::move(path)) {}
    int fd_;
    std::filesystem::path path_;
};

}  // namespace mailhold
