// Terminal input and output. The echo is put back whatever happens, except for a kill.
#include "api/cli/terminal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>

namespace mailhold::cli {
namespace {

constexpr std::size_t longest_line = 4096;
constexpr char interrupt = 3;  // Ctrl-C

enum class From { terminal, stream };

Result<std::string> read_line_of(int fd, From from) {
    std::string line;
    while (line.size() <= longest_line) {
        char c = 0;
        auto got = ::read(fd, &c, 1);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail(Errc::io, "the input cannot be read");
        if (got == 0 && line.empty())
            return fail(Errc::invalid, "the input ended before a line came");
        if (got == 0 || c == '\n') {
            if (line.ends_with('\r')) line.pop_back();
            return line;
        }
        line += c;
        if (from == From::terminal && c == interrupt) return fail(Errc::cancelled, "cancelled");
    }
    return fail(Errc::invalid, fmt::format("the line is longer than {} octets", longest_line));
}

class Tty {
  public:
    Tty() : fd_(::open("/dev/tty", O_RDWR | O_CLOEXEC)) {
        if (fd_ < 0 || ::tcgetattr(fd_, &saved_) != 0) return;
        termios silent = saved_;
        // Ctrl-C ends the line instead of the process, so that the echo always comes back.
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
        silent.c_cc[VEOL] = interrupt;
        silent_ = ::tcsetattr(fd_, TCSAFLUSH, &silent) == 0;
    }
    Tty(const Tty&) = delete;
    Tty& operator=(const Tty&) = delete;
    ~Tty() {
        if (silent_) ::tcsetattr(fd_, TCSAFLUSH, &saved_);
        if (fd_ >= 0) ::close(fd_);
    }
    bool silent() const { return silent_; }
    int fd() const { return fd_; }
    void write(const std::string& text) const {
        if (::write(fd_, text.data(), text.size()) < 0)
            return;  // a prompt that is not seen harms nothing
    }

  private:
    int fd_ = -1;
    termios saved_{};
    bool silent_ = false;
};

}  // namespace

bool is_terminal(std::FILE* file) {
    return ::isatty(::fileno(file)) == 1;
}

std::size_t terminal_width(std::FILE* file) {
    winsize size{};
    if (::ioctl(::fileno(file), TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
    return size.ws_col;
}

Result<std::string> prompt_hidden(const std::string& prompt) {
    Tty tty;
    if (!tty.silent()) return fail(Errc::unsupported, "there is no terminal to ask for a password");
    tty.write(prompt);
    auto line = read_line_of(tty.fd(), From::terminal);
    tty.write("\n");
    return line;
}

Result<std::string> read_line() {
    return read_line_of(STDIN_FILENO, From::stream);
}

}  // namespace mailhold::cli
