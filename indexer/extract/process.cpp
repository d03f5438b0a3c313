// posix_spawn, as a fork of a program with many threads could do little; a socket pair without
// blocking, so that every wait has an end.
#include "indexer/extract/process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "indexer/extract/frame.hpp"
#include "indexer/extract/worker.hpp"

namespace mailhold::indexer::extract {
namespace {

std::unexpected<Error> ended() {
    return fail(Errc::io, "the extraction process ended");
}

class FileActions {
  public:
    FileActions() { ::posix_spawn_file_actions_init(&actions_); }
    ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }
    FileActions(const FileActions&) = delete;
    FileActions& operator=(const FileActions&) = delete;
    posix_spawn_file_actions_t* get() { return &actions_; }

  private:
    posix_spawn_file_actions_t actions_{};
};

class Attributes {
  public:
    Attributes() { ::posix_spawnattr_init(&attributes_); }
    ~Attributes() { ::posix_spawnattr_destroy(&attributes_); }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;
    posix_spawnattr_t* get() { return &attributes_; }

  private:
    posix_spawnattr_t attributes_{};
};

int spawn(pid_t& pid, const std::vector<std::string>& command, int socket) {
    FileActions files;
    int problem = 0;
    for (int fd = 0; fd < worker_socket && problem == 0; ++fd)
        problem = ::posix_spawn_file_actions_addopen(files.get(), fd, "/dev/null", O_RDWR, 0);
    if (problem == 0)
        problem = ::posix_spawn_file_actions_adddup2(files.get(), socket, worker_socket);
    if (problem == 0)
        problem = ::posix_spawn_file_actions_addclosefrom_np(files.get(), worker_socket + 1);
    Attributes attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    ::posix_spawnattr_setsigmask(attributes.get(), &none);
    ::posix_spawnattr_setsigdefault(attributes.get(), &all);
    ::posix_spawnattr_setflags(attributes.get(), POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    std::vector<char*> arguments;
    for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    std::array<char*, 1> environment = {nullptr};
    if (problem == 0)
        problem = ::posix_spawn(&pid, command.front().c_str(), files.get(), attributes.get(),
                                arguments.data(), environment.data());
    return problem;
}

}  // namespace

Result<Process> Process::start(const std::vector<std::string>& command) {
    std::array<int, 2> pair{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0)
        return fail(Errc::io, fmt::format("a socket pair: {}", std::strerror(errno)));
    ::fcntl(pair[0], F_SETFL, O_NONBLOCK);
    pid_t pid = -1;
    const int problem = spawn(pid, command, pair[1]);
    ::close(pair[1]);
    if (problem == 0) return Process(pid, pair[0]);
    ::close(pair[0]);
    return fail(Errc::io, fmt::format("start {}: {}", command.front(), std::strerror(problem)));
}

Process::~Process() {
    end();
}
Process::Process(Process&& other) noexcept
    : documents(other.documents),
      pid_(std::exchange(other.pid_, -1)),
      socket_(std::exchange(other.socket_, -1)) {}
Process& Process::operator=(Process&& other) noexcept {
    std::swap(documents, other.documents);
    std::swap(pid_, other.pid_);
    std::swap(socket_, other.socket_);
    return *this;
}

Status Process::wait_for(short events, Deadline deadline) const {
    while (true) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        if (left.count() <= 0) return fail(Errc::timeout, "the extraction process took too long");
        pollfd waiting{socket_, events, 0};
        const int ready = ::poll(&waiting, 1, static_cast<int>(left.count()));
        if (ready > 0) return {};
        if (ready < 0 && errno != EINTR) return ended();
    }
}

Status Process::send_all(std::string_view octets, Deadline deadline) {
    while (!octets.empty()) {
        const auto put = ::send(socket_, octets.data(), octets.size(), MSG_NOSIGNAL);
        if (put > 0) {
            octets.remove_prefix(static_cast<std::size_t>(put));
        } else if (errno != EAGAIN && errno != EINTR) {
            return ended();
        } else if (auto ready = wait_for(POLLOUT, deadline); !ready) {
            return ready;
        }
    }
    return {};
}

Status Process::receive_all(char* to, std::size_t size, Deadline deadline) {
    while (size > 0) {
        const auto got = ::recv(socket_, to, size, 0);
        if (got > 0) {
            to += got;
            size -= static_cast<std::size_t>(got);
        } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
            return ended();
        } else if (auto ready = wait_for(POLLIN, deadline); !ready) {
            return ready;
        }
    }
    return {};
}

Status Process::send(std::string_view frame, Deadline deadline) {
    const auto header = length_octets(frame.size());
    if (auto sent = send_all({header.data(), header.size()}, deadline); !sent) return sent;
    return send_all(frame, deadline);
}

Result<std::string> Process::receive(std::size_t most, Deadline deadline) {
    std::array<char, frame_header> header{};
    if (auto got = receive_all(header.data(), header.size(), deadline); !got)
        return std::unexpected(got.error());
    const auto length = length_in({header.data(), header.size()});
    if (length > most) return fail(Errc::io, "the extraction process says too much");
    std::string frame(length, '\0');
    if (auto got = receive_all(frame.data(), frame.size(), deadline); !got)
        return std::unexpected(got.error());
    return frame;
}

std::string Process::end() {
    if (pid_ < 0) return {};
    ::close(std::exchange(socket_, -1));
    int status = 0;
    // It may have ended by itself, and then how says more than our own kill.
    if (::waitpid(pid_, &status, WNOHANG) == 0) {
        ::kill(pid_, SIGKILL);
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
    }
    pid_ = -1;
    if (WIFEXITED(status)) return fmt::format("ended with {}", WEXITSTATUS(status));
    if (WTERMSIG(status) == SIGSYS) return "did what its sandbox forbids";
    if (WTERMSIG(status) == SIGXCPU) return "used too much processor time";
    return fmt::format("was ended by signal {}", WTERMSIG(status));
}

}  // namespace mailhold::indexer::extract
