// Structured log events with stable names: log::info("ingest.commit", {{"messages", 12}}).
// spdlog stays in log.cpp. No credential and no text of a message is ever logged.
#pragma once

#include <fmt/format.h>

#include <initializer_list>
#include <string>
#include <string_view>

namespace mailhold::log {

enum class Level { debug, info, warning, error, off };

struct Field {
    std::string_view key;
    std::string value;
    template <class T>
    Field(std::string_view k, const T& v) : key(k), value(fmt::format("{}", v)) {}
};

void configure(Level level);  // process-wide; starts at warning; lines go to standard error
void debug(std::string_view event, std::initializer_list<Field> fields = {});
void info(std::string_view event, std::initializer_list<Field> fields = {});
void warning(std::string_view event, std::initializer_list<Field> fields = {});
void error(std::string_view event, std::initializer_list<Field> fields = {});

}  // namespace mailhold::log
