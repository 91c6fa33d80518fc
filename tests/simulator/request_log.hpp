#pragma once

#include "core/time.hpp"
#include "simulator/message.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>

/// The requests received, and who waits for which of them.
namespace tunnelkeyd::simulator {

struct request_record {
    std::uint64_t number = 0;  ///< from 1; given by the log
    core::wall_time at;
    route to;
    std::string method;
    std::string target;  ///< at most its first 512 characters
    std::string host;
    bool authorization = false;  ///< whether there was such a header; never its value
    std::string content_length;  ///< headers verbatim, "" where absent
    std::string expect;
    std::string atlassian_token;
    std::string fault;             ///< the kind of the fault it met, "" for none
    unsigned status = 0;           ///< of the reply; 0: none was sent, or not yet
    std::uint64_t connection = 0;  ///< its number, from 1
    bool first_on_connection = false;
};

/// How far a request came. One request can pass all three.
enum class stage_of_request {
    arrived,   ///< read whole
    applied,   ///< its call was carried out, be it late; whether it then was refused or not
    answered,  ///< the whole reply was written
};
inline constexpr std::size_t stage_count = 3;

/// "At least `count` requests since the start, of this call and for this tunnel, came so far."
struct request_condition {
    std::optional<call> what;  ///< nothing: any
    std::string tunnel;        ///< "": any
    stage_of_request stage = stage_of_request::arrived;
    std::uint64_t count = 1;
};

/// A ring of the last requests, totals, and conditions to wait for. Not synchronized.
class request_log {
public:
    explicit request_log(std::size_t kept = 100'000);

    /// Returns the record's number.
    std::uint64_t arrived(request_record record);
    void applied(const route& to);
    /// Fills in the status of the record with that number, if it is still kept.
    void answered(std::uint64_t number, const route& to, unsigned status);

    [[nodiscard]] const std::deque<request_record>& kept() const { return kept_; }
    [[nodiscard]] std::uint64_t last_number() const { return last_number_; }
    /// `of.count` does not matter.
    [[nodiscard]] std::uint64_t count(const request_condition& of) const;
    [[nodiscard]] std::uint64_t count(side of, stage_of_request stage) const;

    /// Calls `met` once, from inside the call that makes the condition true. Returns a ticket for forget(), or
    /// 0 when the condition is true already: then `met` is never called.
    std::uint64_t when(request_condition condition, std::function<void()> met);
    void forget(std::uint64_t ticket);

private:
    using counts = std::array<std::array<std::uint64_t, stage_count>, call_count>;

    struct waiter {
        std::uint64_t ticket = 0;
        request_condition condition;
        std::function<void()> met;
    };

    void count_up(const route& to, stage_of_request stage);

    std::size_t most_kept_;
    std::deque<request_record> kept_;
    std::uint64_t last_number_ = 0;
    std::array<std::array<std::uint64_t, stage_count>, 2> side_counts_{};
    std::unordered_map<std::string, counts> counts_;  ///< by tunnel; "" holds those of all requests
    std::list<waiter> waiters_;
    std::uint64_t last_ticket_ = 0;
};

}  // namespace tunnelkeyd::simulator
