// One worker process as its parent holds it: started, asked, and ended for good.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "store/base/error.hpp"

namespace mailhold::indexer::extract {

using Deadline = std::chrono::steady_clock::time_point;

// One thread at a time. The destructor kills the process and waits for it.
class Process {
  public:
    // `command` is the program and its arguments; the program's path is not searched for. It gets
    // one end of a socket as worker_socket, and nothing else: no descriptors, no environment.
    static Result<Process> start(const std::vector<std::string>& command);
    ~Process();
    Process(Process&& other) noexcept;
    Process& operator=(Process&& other) noexcept;

    // One frame each. Errc::timeout, or Errc::io where the process has ended; both are final.
    Status send(std::string_view frame, Deadline deadline);
    Result<std::string> receive(std::size_t most, Deadline deadline);

    // Kills it, if that is still needed, and says how it ended.
    std::string end();

    std::size_t documents = 0;  // that it was given
    pid_t pid() const { return pid_; }

  private:
    Process(pid_t pid, int socket) : pid_(pid), socket_(socket) {}
    Status wait_for(short events, Deadline deadline) const;
    Status send_all(std::string_view octets, Deadline deadline);
    Status receive_all(char* to, std::size_t size, Deadline deadline);

    pid_t pid_ = -1;
    int socket_ = -1;
};

}  // namespace mailhold::indexer::extract
