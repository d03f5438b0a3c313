// Passwords from files, the environment and commands.
#include "api/config/secret.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>

#include "api/config/run_command.hpp"
#include "store/base/file.hpp"
#include "store/base/log.hpp"

namespace mailhold::config {
namespace {

Result<std::string> from_file(const std::string& path) {
    auto text = read_file(path);
    if (!text) return std::unexpected(text.error());
    struct stat status{};
    if (::stat(path.c_str(), &status) == 0 && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        log::warning("config.password_file_open", {{"file", path}, {"next", "chmod 600"}});
    if (text->ends_with('\n')) text->pop_back();
    if (text->ends_with('\r')) text->pop_back();
    return text;
}

Result<std::string> from_environment(const std::string& name) {
    // The environment is written before the first thread starts, if at all.
    const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe)
    if (value == nullptr)
        return fail(Errc::not_found, fmt::format("the environment variable {} is not set", name));
    return std::string(value);
}

Result<std::string> from_command(const std::string& command, std::chrono::milliseconds timeout) {
    auto output = run_command(command, timeout);
    if (!output) return output;
    output->resize(std::min(output->find('\n'), output->size()));
    if (output->ends_with('\r')) output->pop_back();
    return output;
}

Result<std::string> read(const PasswordSource& source, std::chrono::milliseconds timeout) {
    switch (source.from) {
        case PasswordFrom::file:
            return from_file(source.name);
        case PasswordFrom::environment:
            return from_environment(source.name);
        case PasswordFrom::command:
            return from_command(source.name, timeout);
    }
    return fail(Errc::invalid, "no password source");
}

}  // namespace

Result<std::string> read_password(const PasswordSource& source,
                                  std::chrono::milliseconds command_timeout) {
    auto password = read(source, command_timeout);
    if (password && password->empty()) return fail(Errc::invalid, "the password is empty");
    return password;
}

}  // namespace mailhold::config
