public enum DBG { nonisolated(unsafe) public static var c = [Int](repeating: 0, count: 16) }
