#include "store/base/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>

namespace mailhold::log {
namespace {

spdlog::logger& logger() {
    static const auto instance = [] {
        auto made = std::make_shared<spdlog::logger>(
            "mailhold", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        made->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
        made->set_level(spdlog::level::warn);
        made->flush_on(spdlog::level::info);
        return made;
    }();
    return *instance;
}

// logfmt: a value with blanks, quotes or control characters is quoted, so that a line stays a line.
void append_value(std::string& line, std::string_view value) {
    const bool plain = !value.empty() && std::ranges::all_of(value, [](char c) {
        return static_cast<unsigned char>(c) > ' ' && c != '"' && c != '=' && c != '\\' &&
               c != 0x7f;
    });
    if (plain) {
        line += value;
        return;
    }
    line += '"';
    for (const char c : value) {
        if (c == '"' || c == '\\') line += '\\';
        if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) {
            line += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        } else {
            line += c;
        }
    }
    line += '"';
}

void write(spdlog::level::level_enum level, std::string_view event,
           std::initializer_list<Field> fields) {
    if (!logger().should_log(level)) return;
    std::string line(event);
    for (const auto& field : fields) {
        line += ' ';
        line += field.key;
        line += '=';
        append_value(line, field.value);
    }
    logger().log(level, "{}", line);
}

}  // namespace

void configure(Level level) {
    switch (level) {
        case Level::debug:
            logger().set_level(spdlog::level::debug);
            break;
        case Level::info:
            logger().set_level(spdlog::level::info);
            break;
        case Level::warning:
            logger().set_level(spdlog::level::warn);
            break;
        case Level::error:
            logger().set_level(spdlog::level::err);
            break;
        case Level::off:
            logger().set_level(spdlog::level::off);
            break;
    }
}

void debug(std::string_view event, std::initializer_list<Field> fields) {
    write(spdlog::level::debug, event, fields);
}
void info(std::string_view event, std::initializer_list<Field> fields) {
    write(spdlog::level::info, event, fields);
}
void warning(std::string_view event, std::initializer_list<Field> fields) {
    write(spdlog::level::warn, event, fields);
}
void error(std::string_view event, std::initializer_list<Field> fields) {
    write(spdlog::level::err, event, fields);
}

}  // namespace mailhold::log
