#include "daemon/event_log.hpp"

#include "daemon/complaint.hpp"
#include "daemon/journal_entry.hpp"
#include "daemon/log_lines.hpp"

#include <fcntl.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

namespace tunnelkeyd::daemon {

namespace {

constexpr const char* text_pattern = "%Y-%m-%dT%H:%M:%S.%eZ %^%v%$";
constexpr const char* json_pattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ",%v})";
constexpr const char* bare_pattern = "%v";

// Ten thousand tunnels say something each at a start.
constexpr std::size_t most_waiting = std::size_t(16) * 1024 * 1024;
constexpr std::size_t apart_from_text = 256;  // of a notice, its place in the queue, and its heap blocks

using time_point = std::chrono::system_clock::time_point;

std::size_t size_of(std::string_view tunnel, const core::notice& event) {
    std::size_t size = apart_from_text + tunnel.size() + event.message.size();
    for (const auto& [key, value] : event.fields)
        size += sizeof(event.fields.front()) + value.size();
    return size;
}

core::notice left_out(std::uint64_t count) {
    return {core::log_level::warn,
            "log.left_out",
            std::to_string(count) + " events are missing here: nobody read the log for a while",
            {{"count", std::to_string(count)}}};
}

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

    [[nodiscard]] bool takes(core::log_level level) const { return level >= least_; }
    virtual void put(time_point at, std::string_view tunnel, const core::notice& event) = 0;

private:
    core::log_level least_;
};

/// Lines on standard error, by a stream apart from stderr and without a buffer: at its end the process waits
/// for the lock of stderr, and writes what other streams have in their buffers, also where nobody reads.
class event_log::lines : public output {
public:
    lines(core::log_level least, const char* pattern)
        : output(least),
          stream_(open()),
          logger_("tunnelkeyd",
                  std::make_shared<sink>(stream_ ? stream_.get() : stderr, spdlog::color_mode::automatic)) {
        logger_.set_formatter(
            std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::utc));
        logger_.set_level(spdlog::level::trace);
        logger_.set_error_handler([](const std::string&) {});  // nowhere left to say it
    }

protected:
    void say(time_point at, core::log_level level, const std::string& line) {
        logger_.log(at, spdlog::source_loc{}, spdlog_level(level), line);
    }

private:
    using sink = spdlog::sinks::ansicolor_sink<spdlog::details::console_mutex>;
    struct closer {
        void operator()(std::FILE* file) const noexcept { std::fclose(file); }
    };

    using stream = std::unique_ptr<std::FILE, closer>;

    static stream open() {
        stream made(::fdopen(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3), "w"));
        if (made)
            std::setvbuf(made.get(), nullptr, _IONBF, 0);
        return made;
    }

    stream stream_;  // null: there is no descriptor left
    spdlog::logger logger_;
};

class event_log::text_lines final : public lines {
public:
    explicit text_lines(core::log_level least) : lines(least, text_pattern) {}

    void put(time_point at, std::string_view tunnel, const core::notice& event) override {
        say(at, event.level, as_text(tunnel, event));
    }
};

class event_log::json_lines final : public lines {
public:
    explicit json_lines(core::log_level least) : lines(least, json_pattern) {}

    void put(time_point at, std::string_view tunnel, const core::notice& event) override {
        say(at, event.level, as_json(tunnel, event));
    }
};

class event_log::journal final : public lines {
public:
    explicit journal(core::log_level least) : lines(least, bare_pattern) {}

    void put(time_point at, std::string_view tunnel, const core::notice& event) override {
        if (!send_to_journal(journal_fields(tunnel, event)))
            say(at, event.level,
                "<" + std::to_string(journal_priority(event.level)) + ">" + as_text(tunnel, event));
    }
};

event_log::event_log(const core::log_settings& settings) : output_(make(settings)), queue_(most_waiting) {
}

event_log::~event_log() {
    if (left_out_ > 0)
        put("", left_out(left_out_));
}

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

void event_log::write(std::string_view tunnel, const core::notice& event) {
    const std::lock_guard lock(mutex_);
    if (!output_->takes(event.level))
        return;
    if (left_out_ > 0 && put("", left_out(left_out_)))
        left_out_ = 0;
    if (left_out_ > 0 || !put(tunnel, event))
        ++left_out_;
}

bool event_log::put(std::string_view tunnel, const core::notice& event) {
    return queue_.put(size_of(tunnel, event),
                      [to = output_, at = std::chrono::system_clock::now(), tunnel = std::string(tunnel),
                       event] { to->put(at, tunnel, event); });
}

void event_log::write_last(const core::notice& event) {
    bool in_journal = false;
    {
        const std::lock_guard lock(mutex_);
        in_journal = std::dynamic_pointer_cast<journal>(output_) != nullptr;
    }
    if (!in_journal)
        return write("", event);
    flush();
    complain(event);
}

}  // namespace tunnelkeyd::daemon
