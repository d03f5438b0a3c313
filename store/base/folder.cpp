#include "store/base/folder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <string_view>
#include <utility>

#include "store/base/fail_point.hpp"
#include "store/base/os_error.hpp"

namespace mailhold {
namespace {

struct Descriptor {
    int fd;
    ~Descriptor() { ::close(fd); }
};

struct CloseListing {
    void operator()(DIR* listing) const { ::closedir(listing); }
};

}  // namespace

Folder::~Folder() {
    if (fd_ >= 0) ::close(fd_);
}

Folder::Folder(Folder&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}

Folder& Folder::operator=(Folder&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(path_, other.path_);
    return *this;
}

Result<Folder> Folder::open(const std::filesystem::path& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && (errno == ENOTDIR || errno == ELOOP))
        return fail(Errc::denied,
                    fmt::format("{} is no folder, and a link is not followed", path.string()));
    if (fd < 0) return os_error("open", path);
    return Folder(fd, path);
}

Result<std::vector<std::string>> Folder::names() const {
    // A descriptor of its own, as it keeps the place in the listing.
    const int fd = ::openat(fd_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return os_error("list", path_);
    const std::unique_ptr<DIR, CloseListing> listing(::fdopendir(fd));
    if (!listing) {
        const int error = errno;
        ::close(fd);
        return os_error("list", path_, error);
    }
    std::vector<std::string> names;
    errno = 0;
    while (const auto* entry = ::readdir(listing.get())) {
        const std::string_view name = entry->d_name;
        if (name != "." && name != "..") names.emplace_back(name);
    }
    if (errno != 0) return os_error("list", path_);
    std::ranges::sort(names);
    return names;
}

Result<std::string> Folder::read(const std::string& name, std::size_t most) const {
    const auto path = path_ / name;
    const auto no_file = [&] {
        return fail(Errc::corrupt, fmt::format("{} is no plain file", path.string()));
    };
    // To open a pipe would wait for who writes into it.
    const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    const int fd = ::openat(fd_, name.c_str(), flags);
    if (fd < 0 && (errno == ELOOP || errno == ENXIO)) return no_file();  // a link, a socket
    if (fd < 0) return os_error("open", path);
    const Descriptor file{fd};
    struct stat info{};
    if (::fstat(fd, &info) != 0) return os_error("stat", path);
    if (!S_ISREG(info.st_mode)) return no_file();
    std::string octets;
    char piece[4096];
    while (octets.size() <= most) {
        const auto got = ::read(fd, piece, sizeof piece);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return os_error("read", path);
        if (got == 0) return octets;
        octets.append(piece, static_cast<std::size_t>(got));
    }
    return fail(Errc::corrupt, fmt::format("{} has more than {} octets", path.string(), most));
}

Status Folder::remove(const std::string& name) const {
    if (::unlinkat(fd_, name.c_str(), 0) != 0) return os_error("remove", path_ / name);
    return {};
}

Status Folder::rename_durably(const std::string& from, const std::string& to) const {
    if (auto injected = fail_point::reach("file.rename"); !injected) return injected;
    if (::renameat(fd_, from.c_str(), fd_, to.c_str()) != 0)
        return os_error("rename to", path_ / to);
    if (::fsync(fd_) != 0) return os_error("sync", path_);
    return {};
}

}  // namespace mailhold
