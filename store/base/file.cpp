#include "store/base/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "store/base/fail_point.hpp"
#include "store/base/os_error.hpp"

namespace mailhold {
namespace {

constexpr std::size_t piece_size = 1 << 20;

std::filesystem::path folder_of(const std::filesystem::path& path) {
    return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

}  // namespace

File::File(int fd, std::filesystem::path path) : fd_(fd), path_(std::move(path)) {}

File::~File() {
    if (fd_ >= 0) ::close(fd_);
}

File::File(File&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}

File& File::operator=(File&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(path_, other.path_);
    return *this;
}

Result<File> File::open(const std::filesystem::path& path, OpenMode mode, unsigned permissions) {
    int flags = O_CLOEXEC;
    switch (mode) {
        case OpenMode::read:
            flags |= O_RDONLY;
            break;
        case OpenMode::append:
            flags |= O_RDWR | O_CREAT | O_APPEND;
            break;
        case OpenMode::update:
            flags |= O_RDWR;
            break;
        case OpenMode::create_new:
            flags |= O_RDWR | O_CREAT | O_EXCL | O_APPEND;
            break;
    }
    const int fd = ::open(path.c_str(), flags, permissions);
    if (fd < 0) return os_error("open", path);
    return File(fd, path);
}

Result<File> File::temporary(const std::filesystem::path& folder) {
    std::string name = (folder / "spool-XXXXXX").string();
    const int fd = ::mkostemp(name.data(), O_CLOEXEC);
    if (fd < 0) return os_error("create a temporary file in", folder);
    ::unlink(name.c_str());
    return File(fd, name);
}

Status File::write(std::string_view octets) {
    if (auto injected = fail_point::reach("file.write"); !injected) return injected;
    while (!octets.empty()) {
        const auto written = ::write(fd_, octets.data(), octets.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return os_error("write", path_);
        octets.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

Result<std::string> File::read_some_at(std::uint64_t offset, std::size_t size) const {
    std::string octets;
    bool failed = false;
    octets.resize_and_overwrite(size, [&](char* into, std::size_t) {
        std::size_t have = 0;
        while (have < size) {
            const auto got =
                ::pread(fd_, into + have, size - have, static_cast<off_t>(offset + have));
            if (got < 0 && errno == EINTR) continue;
            failed = got < 0;
            if (got <= 0) break;
            have += static_cast<std::size_t>(got);
        }
        return have;
    });
    if (failed) return os_error("read", path_);
    return octets;
}

Result<std::string> File::read_at(std::uint64_t offset, std::size_t size) const {
    auto octets = read_some_at(offset, size);
    if (octets && octets->size() != size) {
        return fail(Errc::corrupt, fmt::format("read {}: {} bytes wanted at {}, {} there",
                                               path_.string(), size, offset, octets->size()));
    }
    return octets;
}

Status File::sync() {
    if (auto injected = fail_point::reach("file.sync"); !injected) return injected;
    if (::fdatasync(fd_) != 0) return os_error("sync", path_);
    return {};
}

Status File::truncate(std::uint64_t size) {
    if (::ftruncate(fd_, static_cast<off_t>(size)) != 0) return os_error("truncate", path_);
    return {};
}

Result<std::uint64_t> File::size() const {
    struct stat info{};
    if (::fstat(fd_, &info) != 0) return os_error("stat", path_);
    return static_cast<std::uint64_t>(info.st_size);
}

Status sync_folder(const std::filesystem::path& folder) {
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return os_error("open", folder);
    const int result = ::fsync(fd);
    const int error = errno;
    ::close(fd);
    if (result != 0) return os_error("sync", folder, error);
    return {};
}

Status write_durably(const std::filesystem::path& path, std::string_view octets,
                     unsigned permissions) {
    auto fresh = path;
    fresh += ".new";
    ::unlink(fresh.c_str());
    auto file = File::open(fresh, OpenMode::create_new, permissions);
    if (!file) return std::unexpected(file.error());
    if (auto done = file->write(octets); !done) return done;
    if (auto done = file->sync(); !done) return done;
    return rename_durably(fresh, path);
}

Status move_tail(File& file, std::uint64_t offset, const std::filesystem::path& aside) {
    auto copy = File::open(aside, OpenMode::create_new);
    if (!copy) return std::unexpected(copy.error());
    for (auto at = offset;;) {
        const auto piece = file.read_some_at(at, piece_size);
        if (!piece) return std::unexpected(piece.error());
        if (piece->empty()) break;
        if (auto done = copy->write(*piece); !done) return done;
        at += piece->size();
    }
    if (auto done = copy->sync(); !done) return done;
    if (auto done = sync_folder(folder_of(aside)); !done) return done;
    return file.truncate(offset);
}

Status write_again(const std::filesystem::path& path, std::uint64_t from, std::uint64_t to) {
    auto file = File::open(path, OpenMode::update);
    if (!file) return std::unexpected(file.error());
    if (::lseek(file->fd(), static_cast<off_t>(from), SEEK_SET) < 0) return os_error("seek", path);
    while (from < to) {
        const auto size = std::min<std::uint64_t>(piece_size, to - from);
        const auto piece = file->read_at(from, static_cast<std::size_t>(size));
        if (!piece) return std::unexpected(piece.error());
        if (auto done = file->write(*piece); !done) return done;
        from += size;
    }
    return file->sync();
}

Status rename_durably(const std::filesystem::path& from, const std::filesystem::path& to) {
    if (auto injected = fail_point::reach("file.rename"); !injected) return injected;
    if (::rename(from.c_str(), to.c_str()) != 0) return os_error("rename to", to);
    return sync_folder(folder_of(to));
}

Status exchange_durably(const std::filesystem::path& one, const std::filesystem::path& other) {
    if (::renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE) != 0)
        return os_error("exchange", one);
    return sync_folder(folder_of(one));
}

std::uint64_t inode_of(const std::filesystem::path& path) {
    struct stat info{};
    return ::stat(path.c_str(), &info) == 0 ? info.st_ino : 0;
}

Result<std::string> read_file(const std::filesystem::path& path) {
    auto file = File::open(path, OpenMode::read);
    if (!file) return std::unexpected(file.error());
    const auto size = file->size();
    if (!size) return std::unexpected(size.error());
    return file->read_some_at(0, *size);
}

Status make_folder(const std::filesystem::path& folder) {
    std::error_code ignored;
    if (std::filesystem::is_directory(folder, ignored)) return {};
    if (folder.has_parent_path() && folder.parent_path() != folder) {
        if (auto made = make_folder(folder.parent_path()); !made) return made;
    }
    if (::mkdir(folder.c_str(), 0700) != 0) {
        const int error = errno;  // EEXIST: another process made it in between, unless it is a file
        if (!std::filesystem::is_directory(folder, ignored))
            return os_error("create the folder", folder, error);
    }
    return sync_folder(folder_of(folder));
}

Result<FolderLock> FolderLock::acquire(const std::filesystem::path& folder) {
    auto held = File::open(folder, OpenMode::read);
    if (!held) return std::unexpected(held.error());
    const auto note = folder / "lock";
    if (::flock(held->fd(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return os_error("lock", folder);
        auto holder = read_file(note).value_or("");
        while (!holder.empty() && holder.back() == '\n') holder.pop_back();
        return fail(
            Errc::locked,
            fmt::format("{} is in use by process {}: stop it first, or choose another data folder",
                        folder.string(), holder.empty() ? "(unknown)" : holder));
    }
    auto file = File::open(note, OpenMode::append);
    if (!file) return std::unexpected(file.error());
    if (auto done = file->truncate(0); !done) return std::unexpected(done.error());
    if (auto done = file->write(fmt::format("{}\n", ::getpid())); !done)
        return std::unexpected(done.error());
    return FolderLock(std::move(*held));
}

}  // namespace mailhold
