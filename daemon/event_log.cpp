#include "daemon/event_log.hpp"

#include "daemon/complaint.hpp"
#include "daemon/journal_entry.hpp"
#include "daemon/log_lines.hpp"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <utility>

namespace tunnelkeyd::daemon {

namespace {

constexpr const char* text_pattern = "%Y-%m-%dT%H:%M:%S.%eZ %^%v%$";
constexpr const char* json_pattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ",%v})";
constexpr const char* bare_pattern = "%v";

spdlog::level::level_enum spdlog_level(core::log_level level) {
    switch (level) {
    case core::log_level::trace:
        return spdlog::level::trace;
    case core::log_level::debug:
        return spdlog::level::debug;
    case core::log_level::info:
        return spdlog::level::info;
    case core::log_level::warn:
        return spdlog::level::warn;
    case core::log_level::error:
        break;
    }
    return spdlog::level::err;
}

core::log_format chosen(core::log_format wanted) {
    if (wanted != core::log_format::automatic)
        return wanted;
    if (is_journal(std::getenv("JOURNAL_STREAM"), STDERR_FILENO))
        return core::log_format::journald;
    return ::isatty(STDERR_FILENO) != 0 ? core::log_format::text : core::log_format::json;
}

}  // namespace

class event_log::output {
public:
    explicit output(core::log_level least) : least_(least) {}
    virtual ~output() = default;

    void write(std::string_view tunnel, const core::notice& event) {
        if (event.level >= least_)
            put(tunnel, event);
    }

private:
    virtual void put(std::string_view tunnel, const core::notice& event) = 0;

    core::log_level least_;
};

/// Lines on standard error.
class event_log::lines : public output {
public:
    lines(core::log_level least, const char* pattern)
        : output(least), logger_("tunnelkeyd", std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>()) {
        logger_.set_formatter(
            std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::utc));
        logger_.set_level(spdlog::level::trace);
        logger_.set_error_handler([](const std::string&) {});  // nowhere left to say it
    }

protected:
    void say(core::log_level level, const std::string& line) { logger_.log(spdlog_level(level), line); }

private:
    spdlog::logger logger_;
};

class event_log::text_lines final : public lines {
public:
    explicit text_lines(core::log_level least) : lines(least, text_pattern) {}

private:
    void put(std::string_view tunnel, const core::notice& event) override {
        say(event.level, as_text(tunnel, event));
    }
};

class event_log::json_lines final : public lines {
public:
    explicit json_lines(core::log_level least) : lines(least, json_pattern) {}

private:
    void put(std::string_view tunnel, const core::notice& event) override {
        say(event.level, as_json(tunnel, event));
    }
};

class event_log::journal final : public lines {
public:
    explicit journal(core::log_level least) : lines(least, bare_pattern) {}

private:
    void put(std::string_view tunnel, const core::notice& event) override {
        if (!send_to_journal(journal_fields(tunnel, event)))
            say(event.level,
                "<" + std::to_string(journal_priority(event.level)) + ">" + as_text(tunnel, event));
    }
};

event_log::event_log(const core::log_settings& settings) : output_(make(settings)) {
}

event_log::~event_log() = default;

std::shared_ptr<event_log::output> event_log::make(const core::log_settings& settings) {
    switch (chosen(settings.format)) {
    case core::log_format::text:
        return std::make_shared<text_lines>(settings.level);
    case core::log_format::journald:
        return std::make_shared<journal>(settings.level);
    default:
        return std::make_shared<json_lines>(settings.level);
    }
}

void event_log::configure(const core::log_settings& settings) {
    auto made = make(settings);
    const std::lock_guard lock(mutex_);
    output_ = std::move(made);
}

std::shared_ptr<event_log::output> event_log::current() {
    const std::lock_guard lock(mutex_);
    return output_;
}

void event_log::write(std::string_view tunnel, const core::notice& event) {
    current()->write(tunnel, event);
}

void event_log::write_last(const core::notice& event) {
    const auto to = current();
    if (std::dynamic_pointer_cast<journal>(to))
        complain(event);
    else
        to->write("", event);
}

}  // namespace tunnelkeyd::daemon
