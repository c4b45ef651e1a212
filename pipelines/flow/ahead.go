package flow

// ahead gets n things and yields each in its order, with so many under way at
// once. What was begun when yield fails comes to nothing.
func ahead(n, atOnce int, get func(i int) ([]byte, error), yield func(i int, data []byte) error) error {
	type got struct {
		data []byte
		err  error
	}
	begun := make([]chan got, 0, n)
	at := 0
	defer func() { // what is under way after an error must not meet who lets the things go
		for _, one := range begun[min(at, len(begun)):] {
			<-one
		}
	}()
	for i := range n {
		for len(begun) < min(n, i+atOnce) && atOnce > 1 {
			next, done := len(begun), make(chan got, 1)
			begun = append(begun, done)
			go func() {
				data, err := get(next)
				done <- got{data, err}
			}()
		}
		var one got
		if atOnce > 1 {
			one, at = <-begun[i], i+1
		} else {
			one.data, one.err = get(i)
		}
		if one.err != nil {
			return one.err
		}
		if err := yield(i, one.data); err != nil {
			return err
		}
	}
	return nil
}
