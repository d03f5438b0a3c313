// Files that outlive a power cut: descriptors with owners, explicit syncs, atomic replacement, the
// data lock. Every write goes through here, so that fail points and full disks are handled in one
// place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "store/base/error.hpp"

namespace mailhold {

enum class OpenMode {
    read,       // must exist
    append,     // created if absent; write() adds at the end
    update,     // must exist; write() overwrites from its beginning
    create_new  // must not exist
};

// An open file. Blocking calls; a File is used by one thread at a time, but read_at may be called
// by many.
class File {
  public:
    static Result<File> open(const std::filesystem::path& path, OpenMode mode,
                             unsigned permissions = 0600);
    // A nameless file in `folder` that vanishes with its descriptor.
    static Result<File> temporary(const std::filesystem::path& folder);

    File() = default;
    ~File();
    File(File&& other) noexcept;
    File& operator=(File&& other) noexcept;

    // Writes all or fails. A failed write may have left a part of the bytes behind.
    Status write(std::string_view octets);
    // Exactly `size` bytes from `offset`, or Errc::corrupt when the file ends before.
    Result<std::string> read_at(std::uint64_t offset, std::size_t size) const;
    // As many bytes as there are, up to `size`.
    Result<std::string> read_some_at(std::uint64_t offset, std::size_t size) const;
    Status sync();  // fdatasync
    Status truncate(std::uint64_t size);
    Result<std::uint64_t> size() const;
    int fd() const { return fd_; }
    const std::filesystem::path& path() const { return path_; }

  private:
    File(int fd, std::filesystem::path path);
    int fd_ = -1;
    std::filesystem::path path_;
};

Status sync_folder(const std::filesystem::path& folder);
// After this returns, `path` holds either its old bytes or all of the new ones, whatever happens.
Status write_durably(const std::filesystem::path& path, std::string_view octets,
                     unsigned permissions = 0600);
// Copies what lies from `offset` to the end into the new file `aside`, durably, then cuts it off.
Status move_tail(File& file, std::uint64_t offset, const std::filesystem::path& aside);
// Writes the bytes [from, to) of a file once more, as they are, and syncs them. After a sync that
// failed the kernel may keep pages as clean that never reached the disk: what can be read is then
// no proof that it is there, and a second sync alone succeeds without writing anything.
Status write_again(const std::filesystem::path& path, std::uint64_t from, std::uint64_t to);
// rename + sync of the folder; both paths in one folder.
Status rename_durably(const std::filesystem::path& from, const std::filesystem::path& to);
// Swaps two existing paths of one folder in one step + sync of the folder.
Status exchange_durably(const std::filesystem::path& one, const std::filesystem::path& other);
// The inode behind a path, 0 if there is none: another one after rename or exchange put something
// else in its place.
std::uint64_t inode_of(const std::filesystem::path& path);
Result<std::string> read_file(const std::filesystem::path& path);
// Creates the folder and its parents (0700) and syncs the parent.
Status make_folder(const std::filesystem::path& folder);

// An exclusive lock on a folder itself: nothing in it can be removed to get around it. The file
// `lock` in it only tells people the holder's process id. Released by the destructor or by process
// death.
class FolderLock {
  public:
    // Errc::locked names the process that holds it.
    static Result<FolderLock> acquire(const std::filesystem::path& folder);

  private:
    explicit FolderLock(File folder) : folder_(std::move(folder)) {}
    File folder_;
};

}  // namespace mailhold
