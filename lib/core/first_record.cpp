#include "core/first_record.hpp"

namespace tunnelkeyd::core {

tunnel_record first_record(const tunnel& settings, wall_time now) {
    tunnel_record record;
    record.id = settings.id();
    record.name = settings.name;
    record.first_seen = now;
    return record;
}

}  // namespace tunnelkeyd::core
